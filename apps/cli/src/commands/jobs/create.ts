import { platforms } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServerOptions, type ServerFlags } from '../add-options.ts';

export interface JobsCreateFlags extends ServerFlags {
  readonly url?: string;
  readonly repoPath?: string;
  readonly branch?: string;
  readonly credentials?: string;
  readonly platform: (typeof platforms)[number];
  readonly wait?: boolean;
}

export function addJobsCreateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('create')
    .summary('have a repository scanned')
    .description(
      'Has a repository scanned by the service: one that it clones, or one of this machine, which is uploaded with its whole history. With --wait it exits with 1 when secrets were found.',
    )
    .addOption(new Option('--url <url>', 'repository that the service clones (https)').conflicts('repoPath'))
    .option('--repo-path <path>', 'repository of this machine, to be uploaded (default: .)')
    .option('--branch <name>', 'this branch or tag of --url alone (default: all of them)')
    .option('--credentials <id>', 'name of the credentials that the service clones with')
    .addOption(new Option('--platform <platform>', 'what kind of server the repository is on').choices(platforms).default('generic'))
    .option('--wait', 'wait until the scan is done');
  addServerOptions(command);
  addExamples(command, [
    ['deployguard jobs create --wait', 'this repository'],
    ['deployguard jobs create --url https://git.example.com/app.git --credentials cred-1', 'one that the service clones'],
  ]);
  command.action(async (flags: JobsCreateFlags) => {
    const { runJobsCreate } = await import('../../jobs/run-jobs-create.ts');
    context.exitCode = await runJobsCreate(flags, context);
  });
}
