import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import type { DeployFlags } from '../commands/deploy.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { assertDeployFlags } from './assert-deploy-flags.ts';
import { seeDeploymentThrough } from './see-deployment-through.ts';
import { uploadFolder } from './upload-folder.ts';

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
  return await seeDeploymentThrough(client, await client.call(operations.createDeployment, { body }), flags, context);
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
