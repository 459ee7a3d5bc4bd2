import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

export interface ReportDetectFlags extends CommonFlags {
  readonly format: 'table' | 'json';
}

export function addReportDetectCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('detect')
    .summary('tell which scanner wrote a report')
    .description('Tells which scanner wrote a report, by what is in it. Exits with 5 when one cannot be told.')
    .argument('<file...>', 'reports, also packed with gzip or ZIP')
    .addOption(new Option('--format <format>', 'how to write the answer').choices(['table', 'json']).default('table'));
  addCommonOptions(command).action(async (files: string[], flags: ReportDetectFlags) => {
    const { runReportDetect } = await import('../../report/run-report-detect.ts');
    context.exitCode = await runReportDetect(files, flags, context);
  });
}
