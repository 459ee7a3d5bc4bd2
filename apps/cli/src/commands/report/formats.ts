import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions } from '../add-options.ts';

export function addReportFormatsCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('formats')
    .summary('list the scanners whose reports are read')
    .description('Lists the scanners whose reports are read, with the ids that `--scanner-type` takes.');
  addCommonOptions(command).action(async () => {
    const { runReportFormats } = await import('../../report/run-report-formats.ts');
    context.exitCode = await runReportFormats(context);
  });
}
