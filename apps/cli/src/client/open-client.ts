import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { chooseServer } from './choose-server.ts';
import { createServerClient, type ServerClient } from './server-client.ts';

/** A client of the server that the command is about. */
export async function openClient(flags: ServerFlags, context: CliContext): Promise<ServerClient> {
  const { stderr, signal, version } = context;
  const server = await chooseServer(flags, context);
  return createServerClient(server, {
    signal,
    userAgent: `deployguard/${version}`,
    onRetry: ({ code }) => {
      if (!flags.quiet) void stderr.write(`${stderr.paint('yellow', 'warning:')} ${server.url}: ${code}; trying again\n`);
    },
  });
}
