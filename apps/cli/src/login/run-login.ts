import { resolve } from 'node:path';
import { operations } from '@deployguard/contracts';
import { assertKeptSecret, chooseServer } from '../client/choose-server.ts';
import { loadLogins, loginsFile, saveLogins } from '../client/saved-logins.ts';
import { createServerClient } from '../client/server-client.ts';
import { ServerError } from '../client/server-error.ts';
import type { LoginFlags } from '../commands/login.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { readApiKey } from './read-api-key.ts';

/** Keeps a key that the server accepts. The server becomes the one that is meant when none is named. */
export async function runLogin(flags: LoginFlags, context: CliContext): Promise<ExitCode> {
  const { environment, stderr, signal, version, workingDirectory } = context;
  const server = await chooseServer(flags, { ...context, environment: { ...environment, DEPLOYGUARD_API_KEY: undefined } });
  assertKeptSecret(server.url, flags.allowHttp ?? false);
  const apiKey = await readApiKey(flags, server.url, context);
  await assertAccepted(createServerClient({ ...server, apiKey }, { signal, userAgent: `deployguard/${version}` }));

  const { servers } = await loadLogins(context);
  const caFile = flags.caFile ?? environment['DEPLOYGUARD_CA_FILE'];
  const login = { apiKey, ...(caFile !== undefined && { caFile: resolve(workingDirectory, caFile) }) };
  await saveLogins({ current: server.url, servers: { ...servers, [server.url]: login } }, context);
  if (!flags.quiet) await stderr.write(`Signed in at ${server.url}. The key is kept in ${loginsFile(context)}.\n`);
  return exitCodes.clean;
}

/** A key without the right that this request needs is a good key all the same. */
async function assertAccepted(client: ReturnType<typeof createServerClient>): Promise<void> {
  try {
    await client.call(operations.listJobs, { query: { limit: 1 } });
  } catch (error) {
    if (error instanceof ServerError && error.code === 'FORBIDDEN') return;
    throw error;
  }
}
