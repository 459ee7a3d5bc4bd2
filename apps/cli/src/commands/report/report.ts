import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addReportConvertCommand } from './convert.ts';
import { addReportDetectCommand } from './detect.ts';
import { addReportFormatsCommand } from './formats.ts';
import { addReportDiffCommand } from './diff.ts';
import { addReportMergeCommand } from './merge.ts';
import { addReportStatsCommand } from './stats.ts';
import { addReportTriageCommand } from './triage.ts';

export function addReportCommand(program: Command, context: CliContext): void {
  const command = program
    .command('report')
    .summary("read other scanners' reports")
    .description("Reads other scanners' reports: whose they are, and what they say, in one shape.");
  addReportDetectCommand(command, context);
  addReportConvertCommand(command, context);
  addReportStatsCommand(command, context);
  addReportMergeCommand(command, context);
  addReportDiffCommand(command, context);
  addReportTriageCommand(command, context);
  addReportFormatsCommand(command, context);
}
