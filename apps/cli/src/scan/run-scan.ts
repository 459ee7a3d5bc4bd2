import { resolve } from 'node:path';
import { isAtLeast } from '@deployguard/findings';
import { findHeadTarget } from '@deployguard/git';
import { findEmitter } from '@deployguard/reports';
import {
  buildBaseline,
  createBaselineSalt,
  type ScanResult,
  type ScanScope,
  scanRepository,
  type SecretFinding,
} from '@deployguard/secrets';
import type { ScanFlags } from '../commands/scan.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { assertOutputPlace, assertWritableParent } from '../source/assert-output-place.ts';
import { type AcceptedFindings, loadBaseline } from '../source/load-baseline.ts';
import { loadConfiguration } from '../source/load-configuration.ts';
import type { OpenSource } from '../source/open-source.ts';
import { formatItems } from '../terminal/format-quantity.ts';
import type { Progress } from '../terminal/progress.ts';
import { quoteWord } from '../terminal/quote-word.ts';
import { createTerminal, type Terminal } from '../terminal/terminal.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { chooseScope } from './choose-scope.ts';
import { groupSecrets } from './group-secrets.ts';
import { listNextSteps } from './list-next-steps.ts';
import { renderScan } from './render-scan.ts';
import { reportScanProgress } from './report-scan-progress.ts';
import { toReport } from './to-report.ts';
import { warnOfEmptyScope } from './warn-of-empty-scope.ts';

/**
 * `opening`: what to scan; is closed in the end. `scopeOf`: what a hook looks at, for which nothing to look at is nothing to say; default: what
 * the options say.
 */
export async function runScan(
  opening: Promise<OpenSource>,
  flags: ScanFlags,
  context: CliContext,
  progress: Progress,
  scopeOf?: (source: OpenSource) => ScanScope | Promise<ScanScope>,
): Promise<ExitCode> {
  const startedAt = new Date();
  const startMilliseconds = performance.now();
  try {
    await using source = await opening;
    const accepted = flags.baseline === undefined ? undefined : await loadBaseline(flags.baseline, context);
    const newSalt = flags.writeBaseline === undefined ? undefined : createBaselineSalt();
    const fingerprintKey = newSalt ?? accepted?.fingerprintKey;
    for (const name of [flags.output, flags.writeBaseline]) {
      if (name === undefined) continue;
      const file = resolve(context.workingDirectory, name);
      await assertOutputPlace(file, source.path);
      assertWritableParent(file);
    }

    const everything = await scanRepository(source.repository, {
      scope: await (scopeOf ? scopeOf(source) : chooseScope(flags, source)),
      configuration: await loadConfiguration(flags, source.path, context),
      explain: flags.explain ?? false,
      includeUnreachable: flags.unreachable ?? false,
      ...(fingerprintKey && { fingerprintKey }),
      onProgress: reportScanProgress(progress),
      signal: context.signal,
    });
    progress.stop();
    if (!scopeOf) await warnOfEmptyScope(everything.coverage, flags, context);
    if (newSalt) return await writeBaseline(everything, newSalt, flags, context);

    const result = { ...everything, findings: everything.findings.filter((finding) => isWanted(finding, flags, accepted)) };
    const run = { source, startedAt, durationSeconds: (performance.now() - startMilliseconds) / 1000 };
    await writeResult(result, run, flags, context);
    return result.findings.length > 0 ? exitCodes.findings : exitCodes.clean;
  } finally {
    progress.stop();
  }
}

interface Run {
  readonly source: OpenSource;
  readonly startedAt: Date;
  readonly durationSeconds: number;
}

async function writeBaseline({ findings }: ScanResult, salt: Buffer, flags: ScanFlags, context: CliContext): Promise<ExitCode> {
  const file = resolve(context.workingDirectory, flags.writeBaseline!);
  await writeOutput([buildBaseline(salt, findings)], context.stdout, file);
  const message = `${formatItems(findings.length, 'finding')} accepted in ${file}. Later: deployguard scan --baseline ${quoteWord(flags.writeBaseline!)}\n`;
  if (!flags.quiet) await context.stdout.write(message);
  return exitCodes.clean;
}

function isWanted({ id, severity }: SecretFinding, { minSeverity }: ScanFlags, accepted: AcceptedFindings | undefined): boolean {
  if (minSeverity !== undefined && !isAtLeast(severity, minSeverity)) return false;
  return !accepted?.ids.has(id);
}

async function writeResult(result: ScanResult, run: Run, flags: ScanFlags, context: CliContext): Promise<void> {
  const { findings } = result;
  if (flags.output === undefined) {
    const isSilent = flags.quiet && flags.format === 'table' && findings.length === 0;
    if (!isSilent) await writeOutput(renderResult(result, run, flags, context, context.stdout), context.stdout);
    return;
  }
  const file = resolve(context.workingDirectory, flags.output);
  const plain = createTerminal({ write: () => true }, { ...context.environment, FORCE_COLOR: '0' });
  await writeOutput(renderResult(result, run, flags, context, plain), plain, file);
  if (!flags.quiet) await context.stderr.write(`${formatItems(findings.length, 'finding')} written to ${file}\n`);
}

/** `terminal` decides how the table looks; the formats for programs are the same everywhere. */
function renderResult(
  result: ScanResult,
  { source, startedAt, durationSeconds }: Run,
  flags: ScanFlags,
  { version }: CliContext,
  terminal: Terminal,
): Iterable<string> | AsyncIterable<string> {
  const showValue = chooseDisplay(flags);
  const emitter = findEmitter(flags.format);
  if (!emitter) {
    const groups = groupSecrets(result.findings);
    const isQuiet = flags.quiet ?? false;
    const dropped = flags.explain ? result.dropped : [];
    return renderScan(
      { ...result, dropped, groups, durationSeconds, showValue, isQuiet, nextSteps: isQuiet ? [] : listNextSteps(groups, flags) },
      terminal,
    );
  }
  const { name, url, repository } = source;
  const revision = findHeadTarget(repository);
  return emitter.emit(
    toReport(result, {
      version,
      subject: { name, ...(url !== undefined && { uri: url }), ...(revision !== undefined && { revision }) },
      startedAt,
      durationSeconds,
      showValue,
      isShown: flags.show ?? false,
      withDropped: flags.explain ?? false,
    }),
  );
}

function chooseDisplay({ show, redact }: ScanFlags): (finding: SecretFinding) => string {
  if (show) return ({ secret }) => Buffer.from(secret.reveal(), 'latin1').toString('utf8');
  return redact ? () => '' : ({ preview }) => preview;
}
