import { operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { followJobEvents } from '../client/follow-job-events.ts';
import { openClient } from '../client/open-client.ts';
import type { AppsLogsFlags } from '../commands/apps/logs.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getDeploymentOf } from './find-application.ts';
import { isMoving } from './render-application.ts';

export async function runAppsLogs(app: string, flags: AppsLogsFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { id } = await getDeploymentOf(client, app, flags.deployment);
  const left = new AbortController();
  const events = followJobEvents(client, id, {
    operation: operations.followDeployment,
    signal: AbortSignal.any([context.signal, left.signal]),
  });
  try {
    for await (const { kind, data, createdAt } of events) {
      if (kind === 'log') await write(String(data['line']), createdAt);
      if (kind !== 'state') continue;
      await write(`-- ${String(data['status'])}`, createdAt);
      // The last change of state is the end of what there is, unless something is under way.
      const now = await client.call(operations.getDeployment, { params: { id } });
      if (data['status'] === now.status && (!flags.follow || !isMoving(now))) break;
    }
  } finally {
    left.abort();
  }
  return exitCodes.clean;

  async function write(line: string, at: string): Promise<void> {
    await context.stdout.write(flags.json ? `${JSON.stringify({ at, line })}\n` : `${neutralizeText(line)}\n`);
  }
}
