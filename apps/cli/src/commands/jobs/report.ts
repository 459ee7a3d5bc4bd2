import { reportFormats } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addConnectionOptions, type ServerFlags } from '../add-options.ts';

export interface JobsReportFlags extends ServerFlags {
  readonly format: (typeof reportFormats)[number];
  readonly output?: string;
}

export function addJobsReportCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('report')
    .summary('print the report of a scan')
    .description('Print the report of a scan. It holds no values.')
    .argument('<job>', 'id of the job')
    .addOption(new Option('--format <format>', 'kind of report').choices(reportFormats).default('json'))
    .option('--output <file>', 'write it to a file');
  addCommonOptions(addConnectionOptions(command)).action(async (id: string, flags: JobsReportFlags) => {
    const { runJobsReport } = await import('../../jobs/run-jobs-report.ts');
    context.exitCode = await runJobsReport(id, flags, context);
  });
}
