import type { Command } from 'commander';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

/** Options of commands that read reports of scanners. */
export function addReportOptions(command: Command): Command {
  return addCommonOptions(
    command.option('--scanner-type <id>', 'whose reports they are, when they do not say it: an id of `deployguard report formats`'),
  );
}

export interface ReportFlags extends CommonFlags {
  readonly scannerType?: string;
}
