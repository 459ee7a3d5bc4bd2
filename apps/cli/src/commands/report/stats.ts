import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addReportOptions, type ReportFlags } from './add-report-options.ts';

export interface ReportStatsFlags extends ReportFlags {
  readonly format: 'table' | 'json';
}

export function addReportStatsCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('stats')
    .summary('count the findings of reports')
    .description('Counts the findings of reports by severity, kind and scanner, and the entries that are none.')
    .argument('<file...>', 'reports, also packed with gzip or ZIP')
    .addOption(new Option('--format <format>', 'how to write the counts').choices(['table', 'json']).default('table'));
  addReportOptions(command).action(async (files: string[], flags: ReportStatsFlags) => {
    const { runReportStats } = await import('../../report/run-report-stats.ts');
    context.exitCode = await runReportStats(files, flags, context);
  });
}
