import { platforms } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServerOptions, type ServerFlags } from '../add-options.ts';

export interface JobsPushFlags extends ServerFlags {
  readonly targetUrl: string;
  readonly platform: (typeof platforms)[number];
  readonly credentials?: string;
  readonly force?: boolean;
  readonly wait?: boolean;
}

export function addJobsPushCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('push')
    .summary('push the cleaned repository')
    .description('Has the cleaned repository pushed to a target. What the service kept of it is deleted after that.')
    .argument('<job>', 'id of the job')
    .requiredOption('--target-url <url>', 'where to (https)')
    .addOption(new Option('--platform <platform>', 'what kind of server the target is on').choices(platforms).default('generic'))
    .option('--credentials <id>', 'name of the credentials that the service pushes with')
    .option('--force', 'replace branches and tags that still are as they were when the source was scanned')
    .option('--wait', 'wait until it is done; exits with 5 when it fails');
  addServerOptions(command);
  addExamples(command, [
    ['deployguard jobs push <job> --target-url https://git.example.com/app.git --credentials cred-1 --force --wait', ''],
  ]);
  command.action(async (id: string, flags: JobsPushFlags) => {
    const { runJobsPush } = await import('../../jobs/run-jobs-push.ts');
    context.exitCode = await runJobsPush(id, flags, context);
  });
}
