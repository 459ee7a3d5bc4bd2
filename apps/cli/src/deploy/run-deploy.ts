import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import type { DeployFlags } from '../commands/deploy.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { assertDeployFlags } from './assert-deploy-flags.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { createShownLines } from './shown-lines.ts';
import { uploadFolder } from './upload-folder.ts';
import { waitForDeployment } from './wait-for-deployment.ts';

export async function runDeploy(source: string, flags: DeployFlags, context: CliContext): Promise<ExitCode> {
  const { branch, credentials, root, app } = flags;
  const isUrl = isAddress(source);
  assertDeployFlags(flags, isUrl);
  const waivers = (flags.waive ?? []).map((id) => ({ finding_id: id, reason: flags.reason! }));
  const client = await openClient(flags, context);
  const from = isUrl
    ? { repo_url: source, ...(app !== undefined && { application: app }), ...(flags.commit && { commit: flags.commit.toLowerCase() }) }
    : await uploadFolder(client, source, flags, context);
  const body = {
    ...from,
    ...(branch !== undefined && { branch }),
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
  return await judgeDeployment(await waitForDeployment(client, deployment, context, { isQuiet, shown }), flags, context, shown);
}

/** @throws {CliError} `URL_REFUSED` for an address that nothing is cloned from. */
function isAddress(source: string): boolean {
  if (/^(?:https|ssh):\/\//i.test(source)) return true;
  const [, protocol] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source) ?? [];
  if (protocol !== undefined)
    throw new CliError('URL_REFUSED', `${protocol}:// is not cloned from. Give the https:// or ssh:// address of the repository.`);
  const [, host, path] = /^[\w.+-]+@([\w.-]+):(.+)$/.exec(source) ?? [];
  if (host !== undefined)
    throw new CliError('URL_REFUSED', `Write the address of the repository as ssh://git@${host}/${path}, or use https://.`);
  return false;
}
