import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples } from '../add-options.ts';
import { addReportOptions, type ReportFlags } from './add-report-options.ts';

export interface ReportDiffFlags extends ReportFlags {
  readonly format: 'table' | 'json';
  readonly writeBaseline?: string;
}

export function addReportDiffCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('diff')
    .summary('tell which findings are new, closed or back')
    .description(
      'Compares reports with an earlier one, or with a baseline, which also knows what was decided: which findings are new, unchanged, closed or reopened. Where lines have moved plays no part. Exits with 5 when some entries could not be read; then no baseline is written.',
    )
    .argument('<old-file>', 'an earlier report, or a baseline')
    .argument('<file...>', 'all reports of now, also packed with gzip or ZIP')
    .addOption(new Option('--format <format>', 'how to write the result').choices(['table', 'json']).default('table'))
    .option('--write-baseline <file>', 'write what is known from now on; it may be the baseline that was read');
  addReportOptions(command);
  addExamples(command, [
    ['deployguard report diff yesterday.json today.json', 'two reports'],
    ['deployguard report diff findings.baseline.json trivy.json --write-baseline findings.baseline.json', 'keep a baseline'],
  ]);
  command.action(async (oldFile: string, files: string[], flags: ReportDiffFlags) => {
    const { runReportDiff } = await import('../../report/run-report-diff.ts');
    context.exitCode = await runReportDiff(oldFile, files, flags, context);
  });
}
