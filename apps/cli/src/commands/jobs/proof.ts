import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addConnectionOptions, type ServerFlags } from '../add-options.ts';

export interface JobsProofFlags extends ServerFlags {
  readonly output?: string;
}

export function addJobsProofCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('proof')
    .summary('print the proof of a cleaning')
    .description('Print the signed statement that nothing selected is left in the cleaned repository.')
    .argument('<job>', 'id of the job')
    .option('--output <file>', 'write it to a file');
  addCommonOptions(addConnectionOptions(command)).action(async (id: string, flags: JobsProofFlags) => {
    const { runJobsProof } = await import('../../jobs/run-jobs-proof.ts');
    context.exitCode = await runJobsProof(id, flags, context);
  });
}
