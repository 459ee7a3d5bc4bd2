import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { operations, type ReleaseEvidence } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { AppsVerifyFlags } from '../commands/apps/verify.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { type Column, renderFields, renderTable } from '../terminal/render-table.ts';
import { getReleaseIdOf } from './find-application.ts';
import { type EvidenceVerdict, judgeEvidence } from './judge-evidence.ts';

/** Checked here, and not by whoever is asked: the key may be one that was kept from before. */
export async function runAppsVerify(app: string, flags: AppsVerifyFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const id = await getReleaseIdOf(client, app, flags.release);
  const evidence = await client.call(operations.getReleaseEvidence, { params: { id } });
  const key = flags.key === undefined ? createPublicKey(evidence.public_key) : await readKey(flags.key);
  const verdict = judgeEvidence(evidence, key);
  await printAnswer({ ...verdict, ...evidence }, flags, context, () => render(evidence, verdict, context));
  return verdict.is_verified ? exitCodes.clean : exitCodes.refused;
}

async function readKey(file: string): Promise<KeyObject> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('USAGE', `${file} cannot be read (${error.code}).`);
  });
  try {
    return createPublicKey(text);
  } catch {
    throw new CliError('USAGE', `${file} holds no public key in PEM, such as the service's (GET /api/v2/proof-key).`);
  }
}

function render(evidence: ReleaseEvidence, verdict: EvidenceVerdict, { stdout }: CliContext): string {
  const { scan, vulnerabilities } = evidence;
  const signed = { true: 'signed', false: 'NOT signed by this key', null: 'there is none' }[String(verdict.is_image_signed)];
  const counts = Object.entries(scan.counts ?? {}).filter(([, count]) => count > 0);
  const found = counts.map(([severity, count]) => `${count} ${severity}`).join(', ') || 'nothing found';
  const fields = renderFields(
    [
      ['name', evidence.name],
      ['digest', evidence.digest],
      ['key', evidence.fingerprint],
      ['image', signed],
      ['bill of materials', verdict.components === null ? 'NOT signed by this key' : `signed, ${verdict.components} packages`],
      ['scan', scan.status === 'done' ? `${scan.scanner}: ${found}` : `${scan.status}: ${scan.reason}`],
    ],
    stdout,
  );
  return vulnerabilities.length === 0 ? fields : `${fields}\n${renderTable(vulnerabilityColumns, vulnerabilities, stdout)}`;
}

const vulnerabilityColumns: readonly Column<ReleaseEvidence['vulnerabilities'][number]>[] = [
  ['SEVERITY', ({ severity }) => severity],
  ['ID', ({ id }) => id],
  ['PACKAGE', ({ package: name, version }) => [name, version].filter((part) => part !== null).join(' ')],
  ['FIXED IN', ({ fixed_versions: fixed }) => fixed.join(', ')],
  ['', ({ title }) => title],
];
