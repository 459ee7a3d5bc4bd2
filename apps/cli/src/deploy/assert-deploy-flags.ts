import { CliError } from '../cli-error.ts';
import type { DeployFlags } from '../commands/deploy.ts';

/**
 * Says before anything is sent what the service would refuse.
 *
 * @throws {CliError} `USAGE`
 */
export function assertDeployFlags({ app, branch, commit, credentials, waive = [], reason }: DeployFlags, isUrl: boolean): void {
  if (app !== undefined && !(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(app) && app.length <= 40))
    refuse('app', app, 'is no name of an application: lower-case letters, digits and, between them, hyphens, 40 at most');
  if (branch !== undefined && (/^-|\s/.test(branch) || branch.length > 255)) refuse('branch', branch, 'is no name of a branch');
  if (credentials !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/.test(credentials))
    refuse('credentials', credentials, 'is no name of credentials');
  if (commit !== undefined && isUrl && !/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(commit))
    refuse(
      'commit',
      commit,
      'is no whole id of a commit: what the service clones takes all of its 40 digits, as `git rev-parse` prints them',
    );
  if (commit !== undefined && !/^[0-9a-f]{4,64}$/i.test(commit))
    refuse('commit', commit, 'is no id of a commit: 4 digits of it or more, 0 to 9 and a to f');
  for (const id of waive)
    if (!/^[0-9a-f]{16}$/.test(id))
      refuse('waive', id, 'is no id of a finding: 16 digits, 0 to 9 and a to f, as the refusal of the deployment names them');
  if (waive.length > 0 && reason === undefined)
    throw new CliError('USAGE', '--waive needs --reason: why these secrets may stay in the history.');
}

function refuse(option: string, value: string, why: string): never {
  throw new CliError('USAGE', `--${option}: "${value}" ${why}.`);
}
