import { operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { followJobEvents } from '../client/follow-job-events.ts';
import { openClient } from '../client/open-client.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { AppsLogsFlags } from '../commands/apps/logs.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication, getDeploymentOf } from './find-application.ts';
import { labelLine } from './label-line.ts';
import { isMoving } from './render-application.ts';
import { createShownLines } from './shown-lines.ts';
import { describeGoingOn } from './wait-for-deployment.ts';

export async function runAppsLogs(app: string, flags: AppsLogsFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  if (flags.deployment === undefined) await showApplication(client, app, flags, context);
  else await showDeployment(client, app, flags, context);
  return exitCodes.clean;
}

async function showApplication(client: ServerClient, app: string, flags: AppsLogsFlags, context: CliContext): Promise<void> {
  const { id, state, processes } = await getApplication(client, app);
  if (state === 'empty' || state === 'stopped') {
    const hint = `Nothing of ${app} runs; --deployment <number> shows how a deployment went.`;
    await context.stderr.write(`${context.stderr.paint('yellow', 'note:')} ${hint}\n`);
  }
  const events = followJobEvents(client, id, {
    operation: operations.followApplication,
    query: { last: flags.last, follow: flags.follow ? 'true' : 'false' },
    endsByItself: flags.follow !== true,
    signal: context.signal,
  });
  for await (const { data, createdAt: at } of events) {
    const { line, instance, process, stream } = data;
    await context.stdout.write(
      flags.json
        ? `${JSON.stringify({ at, instance, process, stream, line })}\n`
        : `${labelLine(processes, String(process), String(instance))}${neutralizeText(String(line))}\n`,
    );
  }
}

async function showDeployment(client: ServerClient, app: string, flags: AppsLogsFlags, context: CliContext): Promise<void> {
  const deployment = await getDeploymentOf(client, app, flags.deployment);
  const { id } = deployment;
  if (isMoving(deployment)) context.goesOn = describeGoingOn(deployment);
  const left = new AbortController();
  const shown = createShownLines();
  const events = followJobEvents(client, id, {
    operation: operations.followDeployment,
    signal: AbortSignal.any([context.signal, left.signal]),
  });
  try {
    for await (const { kind, data, createdAt } of events) {
      if (kind === 'log') {
        await write(String(data['line']), createdAt);
        shown.add(String(data['line']));
      }
      if (kind !== 'state') continue;
      await write(`-- ${String(data['status'])}`, createdAt);
      // The last change of state is the end of what there is, unless something is under way.
      const now = await client.call(operations.getDeployment, { params: { id } });
      if (data['status'] !== now.status || (flags.follow && isMoving(now))) continue;
      // What was printed last may stand behind that, and is kept with the error.
      for (const line of shown.without(now.last_error?.logs ?? [])) await write(`  ${line}`, createdAt);
      for (const line of now.last_error?.message.split('\n') ?? []) await write(line, createdAt);
      delete context.goesOn;
      break;
    }
  } finally {
    left.abort();
  }

  async function write(line: string, at: string): Promise<void> {
    await context.stdout.write(flags.json ? `${JSON.stringify({ at, line })}\n` : `${neutralizeText(line)}\n`);
  }
}
