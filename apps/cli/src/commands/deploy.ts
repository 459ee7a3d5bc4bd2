import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples, addServerOptions, type ServerFlags } from './add-options.ts';

export interface DeployFlags extends ServerFlags {
  readonly app?: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly credentials?: string;
  readonly root?: string;
  readonly waive?: readonly string[];
  readonly reason?: string;
  readonly detach?: boolean;
}

export function addDeployCommand(program: Command, context: CliContext): void {
  const command = program
    .command('deploy')
    .summary('bring an application from a folder or repository to its users')
    .description(
      'Has an application built, started, checked and served by the service, and prints its address. A folder is uploaded: a repository as what is committed, any other as what lies in it. Users get the new release only when it is healthy; until then, and when it fails, they keep the one before. A secret of high severity in the history stops it.',
    )
    .argument('[source]', 'folder, or address of a repository that the service clones (https, ssh)', '.')
    .option('--app <name>', 'the application (default: named after the source)')
    .option('--branch <name>', 'the branch to deploy (default: that of the repository)')
    .option('--commit <id>', 'the commit to deploy (default: the newest of the branch)')
    .option('--root <folder>', 'folder of the application, from the top of the repository')
    .option('--credentials <id>', 'name of the credentials that the service clones with')
    .option('--waive <finding...>', 'secrets that are accepted, by their ids')
    .option('--reason <text>', 'why they are accepted')
    .option('--detach', 'do not wait for the end');
  addServerOptions(command);
  addExamples(command, [
    ['deployguard deploy', 'this repository'],
    ['deployguard deploy ./examples/node-http', 'a folder'],
    ['deployguard deploy https://git.example.com/shop.git --app shop', 'one that the service clones'],
  ]);
  command.action(async (source: string, flags: DeployFlags) => {
    const { runDeploy } = await import('../deploy/run-deploy.ts');
    context.exitCode = await runDeploy(source, flags, context);
  });
}
