import { type DatabaseTools, loadConfig, openDatabaseTools } from '@deployguard/server';
import type { CliContext } from '../context.ts';
import type { ServiceFlags } from '../commands/add-options.ts';

/** Does something with the database of the service's settings, and leaves it as it was: running or not. */
export async function withDatabaseTools<T>(
  flags: ServiceFlags,
  context: CliContext,
  work: (tools: DatabaseTools) => Promise<T>,
): Promise<T> {
  const { environment, workingDirectory, stderr } = context;
  const file = flags.config === undefined ? {} : { file: flags.config };
  const { config, warnings } = loadConfig({ environment, workingDirectory, ...file });
  for (const warning of warnings) await stderr.write(`${stderr.paint('yellow', 'warning:')} ${warning}\n`);
  const tools = await openDatabaseTools(config);
  try {
    return await work(tools);
  } finally {
    await tools.close();
  }
}
