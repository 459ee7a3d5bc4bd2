import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { startProgress } from '../start-progress.ts';
import { addCommonOptions, addExamples, type CommonFlags } from './add-options.ts';

export interface PushFlags extends CommonFlags {
  readonly repoPath?: string;
  readonly targetUrl: string;
  readonly force?: boolean;
  readonly unproven?: boolean;
  readonly publicKey?: string;
}

export function addPushCommand(program: Command, context: CliContext): void {
  const command = program
    .command('push')
    .summary('publish a cleaned repository')
    .description(
      'Pushes the newest cleaned result of a repository whose proof verifies, then reads back what the target holds. Credentials come from DEPLOYGUARD_GIT_USERNAME and DEPLOYGUARD_GIT_TOKEN, over ssh from your own key. Exits with 5 when there is no proven result, and when the target did not take all of it.',
    )
    .option('--repo-path <path>', 'the repository that was cleaned, or the result itself (default: .)')
    .requiredOption('--target-url <url>', 'where to (https, ssh, or a path on this machine)')
    .option(
      '--force',
      'replace branches and tags that still are as they were when the source was scanned; all of them or, where one is not, none',
    )
    .option('--public-key <file>', 'key in PEM that must have signed the proof (default: your own)')
    .option('--unproven', 'push although no proof verifies');
  addCommonOptions(command);
  addExamples(command, [
    ['deployguard push --target-url https://github.com/octo/app.git --force', 'replace the published history'],
    ['deployguard push --repo-path app --target-url git@example.org:octo/app.git', 'to an empty repository'],
    ['deployguard push --repo-path app --target-url /srv/git/app.git --force', 'on this machine'],
  ]);
  command.action(async (flags: PushFlags) => {
    const progress = startProgress(flags, context);
    const { runPush } = await import('../push/run-push.ts');
    context.exitCode = await runPush(flags, context, progress);
  });
}
