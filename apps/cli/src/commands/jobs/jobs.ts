import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addJobsCancelCommand } from './cancel.ts';
import { addJobsCleanCommand } from './clean.ts';
import { addJobsCreateCommand } from './create.ts';
import { addJobsDownloadCommand } from './download.ts';
import { addJobsListCommand } from './list.ts';
import { addJobsProofCommand } from './proof.ts';
import { addJobsPushCommand } from './push.ts';
import { addJobsReportCommand } from './report.ts';
import { addJobsSecretsCommand } from './secrets.ts';
import { addJobsSelectCommand } from './select.ts';
import { addJobsShowCommand } from './show.ts';
import { addJobsWatchCommand } from './watch.ts';

export function addJobsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('jobs')
    .summary('scan, clean and push repositories by a service')
    .description('Jobs of a service: repositories that it scans, cleans, proves and pushes.');
  // In the order of use.
  addJobsCreateCommand(command, context);
  addJobsListCommand(command, context);
  addJobsShowCommand(command, context);
  addJobsWatchCommand(command, context);
  addJobsSecretsCommand(command, context);
  addJobsSelectCommand(command, context);
  addJobsCleanCommand(command, context);
  addJobsDownloadCommand(command, context);
  addJobsProofCommand(command, context);
  addJobsReportCommand(command, context);
  addJobsPushCommand(command, context);
  addJobsCancelCommand(command, context);
}
