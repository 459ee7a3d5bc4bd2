import { parseServerUrl } from '../client/choose-server.ts';
import { loadLogins, saveLogins } from '../client/saved-logins.ts';
import { CliError } from '../cli-error.ts';
import type { LogoutFlags } from '../commands/logout.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

/** Forgets a key. The server still knows it: only revoking ends it. */
export async function runLogout(flags: LogoutFlags, context: CliContext): Promise<ExitCode> {
  const { current, servers } = await loadLogins(context);
  const named = flags.server ?? current;
  if (named === undefined) throw new CliError('USAGE', 'You are not signed in anywhere.');
  const url = parseServerUrl(named);
  if (!(url in servers)) throw new CliError('USAGE', `You are not signed in at ${url}.`);
  const { [url]: _, ...others } = servers;
  await saveLogins({ servers: others, ...(current !== undefined && current !== url && { current }) }, context);
  if (!flags.quiet)
    await context.stderr.write(`The key for ${url} is forgotten here. To end it, revoke it: \`deployguard api-keys revoke\`.\n`);
  return exitCodes.clean;
}
