import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { awaitApplication } from './await-application.ts';
import { getFreeApplication } from './get-free-application.ts';

export async function runAppsScale(app: string, instances: readonly string[], flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const body = parseCounts(app, instances);
  const client = await openClient(flags, context);
  const { id } = await getFreeApplication(client, app, flags, context);
  await client.call(operations.scaleApplication, { params: { id }, body });
  return await awaitApplication(client, app, flags, context);
}

const mostInstances = 100;

/** `3` is `web=3`. */
function parseCounts(app: string, words: readonly string[]): { instances?: number; processes?: Record<string, number> } {
  const counts = new Map<string, number>();
  for (const word of words) {
    const [, name = 'web', count] = /^(?:([a-z0-9][a-z0-9-]{0,15})=)?(\d{1,9})$/.exec(word) ?? [];
    if (count === undefined) throw new CliError('USAGE', `"${word}" is no number of instances: 3, or web=3 worker=2.`);
    if (name === 'web' && Number(count) === 0)
      throw new CliError('USAGE', `An application that users reach has one instance at least. \`deployguard apps stop ${app}\` stops it.`);
    if (Number(count) > mostInstances)
      throw new CliError('USAGE', `${count} instances of ${name} are more than the ${mostInstances} that there can be.`);
    if (counts.has(name)) throw new CliError('USAGE', `${name} is named twice.`);
    counts.set(name, Number(count));
  }
  const { web, ...processes } = Object.fromEntries(counts);
  return { ...(web !== undefined && { instances: web }), ...(Object.keys(processes).length > 0 && { processes }) };
}
