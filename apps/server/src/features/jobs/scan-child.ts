import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@deployguard/findings';
import { cloneRepository, openLocalRepository } from '@deployguard/git';
import type { Repository, TransferProgress } from '@deployguard/git';
import { scanRepository, writeBundle } from '@deployguard/secrets';
import type { SecretFinding } from '@deployguard/secrets';
import { createProgress, toTransfer } from '../../platform/children/index.ts';
import type { PhaseRange, Remote } from '../../platform/children/index.ts';
import type { ChildContext } from '../../platform/tasks/index.ts';

export interface ScanOrder {
  /** Where it leaves `source.bundle`, `findings.jsonl` and `values.jsonl`. */
  readonly workDirectory: string;
  readonly source: { readonly remote: Remote; readonly branch?: string } | { readonly bundle: string };
  /** Base64. */
  readonly fingerprintKey: string;
}

/** A line of `findings.jsonl`. */
export interface FoundSecret {
  readonly finding: Finding;
  readonly preview: string;
  readonly valueHash: string;
  readonly occurrences: number;
}

/** A line of `values.jsonl`. */
export interface KeptValue {
  readonly hash: string;
  /** Latin-1, one character a byte. */
  readonly value: string;
}

const clonePhases: Readonly<Record<TransferProgress['phase'], PhaseRange>> = {
  counting: [1, 3],
  compressing: [3, 6],
  receiving: [6, 32],
  resolving: [32, 40],
  writing: [32, 40],
};

/** Runs in a process of its own: clones and scans what a stranger named. */
export async function handle(order: ScanOrder, context: ChildContext): Promise<{ findings: number }> {
  const { workDirectory } = order;
  const report = createProgress(context);
  await using repository = await openRepository(order, context, report);
  for (const { message } of repository.obstacles) await context.log(message);
  const { findings } = await scanRepository(repository, {
    fingerprintKey: Buffer.from(order.fingerprintKey, 'base64'),
    onProgress: (progress) => report([40, 90], 'Scanning', progress),
    signal: context.signal,
  });
  await context.log(findings.length === 1 ? 'One secret found.' : `${findings.length} secrets found.`);
  await writeLines(join(workDirectory, 'findings.jsonl'), findings.map(toFound));
  await writeLines(join(workDirectory, 'values.jsonl'), listValues(findings));
  if (findings.length > 0) await writeBundle(repository, join(workDirectory, 'source.bundle'));
  return { findings: findings.length };
}

async function openRepository(
  { source, workDirectory }: ScanOrder,
  context: ChildContext,
  report: ReturnType<typeof createProgress>,
): Promise<Repository> {
  const { signal } = context;
  if ('bundle' in source) {
    await context.progress(5, 'Unpacking the upload');
    return openLocalRepository(source.bundle, { workDirectory, signal });
  }
  const { remote, branch } = source;
  await context.log(`Cloning ${remote.url}`);
  return cloneRepository(remote.url, {
    ...(await toTransfer(remote, workDirectory, context)),
    workDirectory,
    signal,
    ...(branch === undefined ? {} : { branch }),
    onProgress: (progress) => report(clonePhases[progress.phase], `Cloning: ${progress.phase}`, progress),
  });
}

/** Named one by one, so that no value comes along. */
function toFound(finding: SecretFinding): FoundSecret {
  const { id, kind, tool, ruleId, title, description, severity, location, guidance, references } = finding;
  const { preview, valueHash, objectCount } = finding;
  return {
    finding: {
      id,
      kind,
      tool,
      ruleId,
      title,
      description,
      severity,
      location,
      ...(guidance && { guidance }),
      ...(references && { references }),
      details: {
        provider: finding.provider,
        precision: finding.precision,
        carrier: finding.carrier,
        ...(finding.encodings.length > 0 && { encodings: finding.encodings.join(' in ') }),
        ...(preview !== '' && { preview }),
        valueHash,
        isInHead: finding.isInHead,
        commitCount: finding.commitCount,
        objectCount,
      },
    },
    preview,
    valueHash,
    occurrences: objectCount,
  };
}

function listValues(findings: readonly SecretFinding[]): KeptValue[] {
  const values = new Map(findings.map(({ valueHash, secret }) => [valueHash, secret]));
  return [...values].map(([hash, secret]) => ({ hash, value: secret.reveal() }));
}

async function writeLines(path: string, lines: readonly (FoundSecret | KeptValue)[]): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  for (const line of lines) await file.write(`${JSON.stringify(line, storable)}\n`);
}

/** What PostgreSQL can keep: no zero bytes, no halves of characters. Values are Latin-1: they stay as they are. */
function storable(key: string, value: unknown): unknown {
  return typeof value === 'string' && key !== 'value' ? value.toWellFormed().replaceAll('\0', '\u{fffd}') : value;
}
