import type { Deployment } from '@deployguard/contracts';
import type { ServerClient } from '../client/server-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { createShownLines } from './shown-lines.ts';
import { waitForDeployment } from './wait-for-deployment.ts';

/** Shows a deployment that was just accepted until its end, and how that was; or says where it can be followed. */
export async function seeDeploymentThrough(
  client: ServerClient,
  deployment: Deployment,
  flags: ServerFlags & { readonly detach?: boolean },
  context: CliContext,
): Promise<ExitCode> {
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
