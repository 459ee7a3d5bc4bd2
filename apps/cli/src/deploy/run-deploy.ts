import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import type { DeployFlags } from '../commands/deploy.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { createShownLines } from './shown-lines.ts';
import { uploadFolder } from './upload-folder.ts';
import { waitForDeployment } from './wait-for-deployment.ts';

export async function runDeploy(source: string, flags: DeployFlags, context: CliContext): Promise<ExitCode> {
  const { branch, commit, credentials, root, app } = flags;
  const waivers = readWaivers(flags);
  const client = await openClient(flags, context);
  const isUrl = /^(?:https|ssh):\/\//.test(source);
  const from = isUrl
    ? { repo_url: source, ...(app !== undefined && { application: app }) }
    : await uploadFolder(client, source, flags, context);
  const body = {
    ...from,
    ...(branch !== undefined && { branch }),
    ...(commit !== undefined && { commit }),
    ...(credentials !== undefined && { credentials_id: credentials }),
    ...(waivers.length > 0 && { waivers }),
    ...(root !== undefined && { config: { application: { root } } }),
  };
  const deployment = await client.call(operations.createDeployment, { body });
  if (flags.detach) {
    await context.stdout.write(flags.json ? `${JSON.stringify(deployment, undefined, 2)}\n` : `${deployment.id}\n`);
    if (!flags.quiet && !flags.json) {
      await context.stderr.write(
        `Accepted. \`deployguard apps logs ${deployment.application} --deployment ${deployment.number} --follow\` follows it.\n`,
      );
    }
    return exitCodes.clean;
  }
  const isQuiet = (flags.quiet ?? false) || (flags.json ?? false);
  const shown = createShownLines();
  return await judgeDeployment(await waitForDeployment(client, deployment.id, context, { isQuiet, shown }), flags, context, shown);
}

function readWaivers({ waive = [], reason }: DeployFlags): { finding_id: string; reason: string }[] {
  if (waive.length === 0) return [];
  if (reason === undefined) throw new CliError('USAGE', '--waive needs --reason: why these secrets may stay in the history.');
  return waive.map((id) => ({ finding_id: id, reason }));
}
