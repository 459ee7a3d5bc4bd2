import { type Application, operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { CliError } from '../cli-error.ts';
import { followJobEvents } from '../client/follow-job-events.ts';
import { openClient } from '../client/open-client.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { AppsLogsFlags } from '../commands/apps/logs.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication, getDeploymentOf, getReleaseOf } from './find-application.ts';
import { labelLine } from './label-line.ts';
import { isMoving } from './render-application.ts';
import { createShownLines } from './shown-lines.ts';
import { describeGoingOn } from './wait-for-deployment.ts';

export async function runAppsLogs(app: string, flags: AppsLogsFlags, context: CliContext): Promise<ExitCode> {
  if (flags.deployment !== undefined && flags.release !== undefined)
    throw new CliError('USAGE', '--release shows what an application prints, --deployment how it was deployed. Choose one of them.');
  const client = await openClient(flags, context);
  if (flags.deployment === undefined) await showApplication(client, app, flags, context);
  else await showDeployment(client, app, flags, context);
  return exitCodes.clean;
}

async function showApplication(client: ServerClient, app: string, flags: AppsLogsFlags, context: CliContext): Promise<void> {
  const application = await getApplication(client, app);
  const { id, processes } = application;
  const { releaseId, hint } = await chooseRelease(client, application, flags.release);
  if (hint !== undefined) await context.stderr.write(`${context.stderr.paint('yellow', 'note:')} ${hint}\n`);
  const events = followJobEvents(client, id, {
    operation: operations.followApplication,
    query: { last: flags.last ?? 100, follow: flags.follow ? 'true' : 'false', ...(releaseId !== undefined && { release_id: releaseId }) },
    endsByItself: true,
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
  // While it is there, there may be more.
  if (flags.follow) await context.stderr.write(`${context.stderr.paint('yellow', 'note:')} ${app} is gone: it was destroyed.\n`);
}

/** Whose lines are shown when not those of all that runs, and what whoever reads them should know. */
async function chooseRelease(
  client: ServerClient,
  { name, state, current_release_id: currentId }: Application,
  number: number | undefined,
): Promise<{ releaseId?: string; hint?: string }> {
  if (number !== undefined) {
    const release = await getReleaseOf(client, (await getDeploymentOf(client, name)).id, number);
    return {
      releaseId: release.id,
      ...(!release.is_available && { hint: `What release ${number} of ${name} printed went with it: it is not kept any more.` }),
    };
  }
  if (state === 'empty') return { hint: `Nothing of ${name} runs; --deployment <number> shows how a deployment went.` };
  if (state === 'stopped' && currentId !== null)
    return { releaseId: currentId, hint: `Nothing of ${name} runs. This is what it printed before it was stopped.` };
  return {};
}

async function showDeployment(client: ServerClient, app: string, flags: AppsLogsFlags, context: CliContext): Promise<void> {
  const deployment = await getDeploymentOf(client, app, flags.deployment);
  const { id } = deployment;
  if (isMoving(deployment)) context.goesOn = describeGoingOn(deployment);
  const left = new AbortController();
  const shown = createShownLines();
  // Until it is known which lines are the last ones.
  let held: string[] | undefined = flags.last === undefined ? undefined : [];
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
      if (data['status'] !== now.status) continue;
      if (flags.follow && isMoving(now)) {
        await showHeld();
        continue;
      }
      // What was printed last may stand behind that, and is kept with the error.
      for (const line of shown.without(now.last_error?.logs ?? [])) await write(`  ${line}`, createdAt);
      for (const line of now.last_error?.message.split('\n') ?? []) await write(line, createdAt);
      await showHeld();
      delete context.goesOn;
      break;
    }
  } finally {
    left.abort();
  }

  async function write(line: string, at: string): Promise<void> {
    const text = flags.json ? `${JSON.stringify({ at, line })}\n` : `${neutralizeText(line)}\n`;
    if (held === undefined) return context.stdout.write(text);
    held.push(text);
    if (held.length > flags.last!) held.shift();
  }

  async function showHeld(): Promise<void> {
    for (const text of held ?? []) await context.stdout.write(text);
    held = undefined;
  }
}
