import { resolve } from 'node:path';
import { isAtLeast } from '@deployguard/findings';
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
import { type AcceptedFindings, loadBaseline } from '../source/load-baseline.ts';
import { loadConfiguration } from '../source/load-configuration.ts';
import { type OpenSource, openSource } from '../source/open-source.ts';
import { formatItems } from '../terminal/format-quantity.ts';
import type { Progress } from '../terminal/progress.ts';
import { quoteWord } from '../terminal/quote-word.ts';
import { createTerminal } from '../terminal/terminal.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { chooseScope } from './choose-scope.ts';
import { groupSecrets } from './group-secrets.ts';
import { listNextSteps } from './list-next-steps.ts';
import { renderScan } from './render-scan.ts';
import { reportScanProgress } from './report-scan-progress.ts';
import { toReport } from './to-report.ts';

export async function runScan(
  flags: ScanFlags,
  context: CliContext,
  progress: Progress,
  scopeOf: (source: OpenSource) => ScanScope | Promise<ScanScope> = ({ path }) => chooseScope(flags, path),
): Promise<ExitCode> {
  const startedAt = new Date();
  const startMilliseconds = performance.now();
  try {
    const accepted = flags.baseline === undefined ? undefined : loadBaseline(flags.baseline, context);
    const newSalt = flags.writeBaseline === undefined ? undefined : createBaselineSalt();
    const fingerprintKey = newSalt ?? accepted?.fingerprintKey;
    await using source = await openSource(flags, context, progress);

    const everything = await scanRepository(source.repository, {
      scope: await scopeOf(source),
      configuration: loadConfiguration(flags, source.path, context),
      explain: flags.explain ?? false,
      includeUnreachable: flags.unreachable ?? false,
      ...(fingerprintKey && { fingerprintKey }),
      onProgress: reportScanProgress(progress),
      signal: context.signal,
    });
    progress.stop();
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

async function writeResult(
  result: ScanResult,
  { source, startedAt, durationSeconds }: Run,
  flags: ScanFlags,
  context: CliContext,
): Promise<void> {
  const showValue = chooseDisplay(flags);
  const file = flags.output === undefined ? undefined : resolve(context.workingDirectory, flags.output);
  const emitter = findEmitter(flags.format);
  if (emitter) {
    const { name, url, repository } = source;
    const revision = repository.refs.find((ref) => ref.name === repository.head)?.target ?? repository.head;
    const report = toReport(result, {
      version: context.version,
      subject: { name, ...(url !== undefined && { uri: url }), ...(revision !== undefined && { revision }) },
      startedAt,
      durationSeconds,
      showValue,
      isShown: flags.show ?? false,
      withDropped: flags.explain ?? false,
    });
    await writeOutput(emitter.emit(report), context.stdout, file);
    if (file !== undefined && !flags.quiet)
      await context.stderr.write(`${formatItems(result.findings.length, 'finding')} written to ${file}\n`);
    return;
  }
  const groups = groupSecrets(result.findings);
  if (flags.quiet && file === undefined && groups.length === 0) return;
  const terminal =
    file === undefined ? context.stdout : createTerminal({ write: () => true }, { ...context.environment, FORCE_COLOR: '0' });
  const nextSteps = flags.quiet ? [] : listNextSteps(groups, flags);
  const { coverage, dropped } = result;
  await writeOutput(
    renderScan({ groups, dropped, coverage, durationSeconds, showValue, isQuiet: flags.quiet ?? false, nextSteps }, terminal),
    context.stdout,
    file,
  );
}

function chooseDisplay({ show, redact }: ScanFlags): (finding: SecretFinding) => string {
  if (show) return ({ secret }) => Buffer.from(secret.reveal(), 'latin1').toString('utf8');
  return redact ? () => '' : ({ preview }) => preview;
}
