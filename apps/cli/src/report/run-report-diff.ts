import { resolve } from 'node:path';
import { describeReportedPlace } from '@deployguard/findings';
import { FindingComparison, type FindingChange, printBaseline } from '@deployguard/findings/review';
import { printJson } from '@deployguard/reports';
import type { ReportDiffFlags } from '../commands/report/diff.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatCount } from '../terminal/format-quantity.ts';
import { renderFields, renderTable } from '../terminal/render-table.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { loadKnownFindings } from './load-known-findings.ts';
import { mergeReportFiles } from './merge-report-files.ts';
import type { ReadFile } from './read-report-files.ts';
import { tellAccounts } from './tell-accounts.ts';

/** A finding that is not as it was. */
interface Change {
  readonly change: Exclude<FindingChange, 'unchanged'>;
  readonly fingerprint: string;
  readonly severity: string;
  readonly title: string;
  readonly rule: string;
  readonly place: string | undefined;
}

export async function runReportDiff(
  oldFile: string,
  files: readonly string[],
  flags: ReportDiffFlags,
  context: CliContext,
): Promise<ExitCode> {
  const { stdout, stderr, workingDirectory } = context;
  const read: ReadFile[] = [];
  const comparison = new FindingComparison(await loadKnownFindings(oldFile, flags, context, read), new Date().toISOString());
  const counts: Record<FindingChange, number> = { new: 0, reopened: 0, unchanged: 0, closed: 0 };
  const changes: Change[] = [];
  await using findings = await mergeReportFiles(files, flags, context, read);
  for await (const finding of findings) {
    const { change } = comparison.add(finding);
    counts[change]++;
    if (change === 'unchanged') continue;
    const { fingerprint, severity, title, rule } = finding;
    changes.push({ change, fingerprint, severity: severity.label, title, rule: rule.id, place: describeReportedPlace(finding) });
  }
  for (const { fingerprints, severity, title, rule, place } of comparison.listClosed()) {
    counts.closed++;
    changes.push({ change: 'closed', fingerprint: fingerprints[0]!, severity, title, rule, place });
  }
  if (flags.format === 'json') await stdout.write(`${printJson({ counts, changes }, 2)}\n`);
  else {
    await stdout.write(
      renderFields(
        Object.entries(counts).map(([name, count]) => [name, formatCount(count)] as const),
        stdout,
      ),
    );
    if (changes.length > 0) await stdout.write(`\n${renderTable(columns, changes, stdout)}`);
  }
  const exitCode = await tellAccounts(read, flags.quiet, context);
  if (flags.writeBaseline === undefined) return exitCode;
  // What was not read would look as if it were gone.
  if (exitCode !== exitCodes.clean) await stderr.write('No baseline was written, because some entries could not be read.\n');
  else await writeOutput([printBaseline(comparison.listKnown())], stdout, resolve(workingDirectory, flags.writeBaseline));
  return exitCode;
}

const columns = [
  ['Change', ({ change }: Change) => change],
  ['Severity', ({ severity }: Change) => severity],
  ['Finding', ({ title }: Change) => title],
  ['Where', ({ place }: Change) => place],
  ['Fingerprint', ({ fingerprint }: Change) => fingerprint.slice(0, 12)],
] as const;
