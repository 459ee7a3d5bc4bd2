import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { AppsReleaseFlags } from '../commands/apps/sbom.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getReleaseIdOf } from './find-application.ts';

export async function runAppsSbom(app: string, flags: AppsReleaseFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const id = await getReleaseIdOf(client, app, flags.release);
  const sbom = await client.call(operations.getReleaseSbom, { params: { id } });
  await context.stdout.write(`${JSON.stringify(sbom, undefined, 2)}\n`);
  return exitCodes.clean;
}
