import { readFile, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { runEngine } from '../containers/run-engine.ts';
import { endStrays, hasStrays, markOfBuilds } from './end-strays.ts';

/** How long an engine whose commands are ended has to clean up by itself: it may be copying much. Ended before, it leaves containers that nobody knows. */
const graceMilliseconds = 30_000;

/** Of podman: a folder for each command of a Dockerfile that runs, in the directory for temporary files. */
interface RunStep {
  readonly name: string;
  readonly directory: string;
}

/**
 * Ends and removes what builds left behind that did not come to their end: of one whose process was killed, its commands may go on. The caller sees
 * to it that no build is under way.
 *
 * @param workDirectory that of the builds, which may not be there
 */
export async function clearUnfinishedImageBuilds(workDirectory: string, engine: ContainerEngine): Promise<void> {
  for (const name of await readdir(workDirectory).catch(() => [])) {
    const temporaryDirectory = join(workDirectory, name, 'tmp');
    const mark = markOfBuilds(workDirectory);
    // An engine that outlived whoever started it removes the containers of its build, which nobody else knows.
    const containers = new Set<string>();
    await endCommands(temporaryDirectory, containers, async () => !(await hasStrays(mark)));
    await endStrays(mark);
    await removeWorkContainers(containers, engine);
    await rm(join(workDirectory, name), { recursive: true, force: true });
  }
}

/**
 * Ends the commands of a build one after the other, until its engine has seen that and ended too, for as long as an engine may take for that.
 *
 * @param containers gets the ids of their containers
 */
export async function endCommands(
  temporaryDirectory: string,
  containers: Set<string>,
  hasEngineEnded: () => boolean | Promise<boolean>,
): Promise<void> {
  // The engine may be about to start the next command.
  for (const end = Date.now() + graceMilliseconds; Date.now() < end;) {
    for (const id of await endRunSteps(temporaryDirectory)) containers.add(id);
    if (await hasEngineEnded()) return;
    await delay(100);
  }
}

/**
 * Ends the commands of a build that run in containers: they outlive the engine that started them. An engine that is still there sees its
 * command fail, and removes what it has begun.
 *
 * @param temporaryDirectory that of the build, as `TMPDIR` of the engine
 * @returns the ids of their containers: asked for before, for the engine may end without a trace of them
 */
export async function endRunSteps(temporaryDirectory: string): Promise<string[]> {
  const steps = await listRunSteps(temporaryDirectory);
  const ids = await Promise.all(steps.map(readContainerId));
  await Promise.all(steps.map(endRunStep));
  return ids.filter((id) => id !== undefined);
}

/** From what the engine told its runtime: the file `hostname` beside it is mounted into the container, whose command can write it. */
async function readContainerId({ directory }: RunStep): Promise<string | undefined> {
  try {
    const { hostname } = JSON.parse(await readFile(join(directory, 'config.json'), 'utf8')) as { readonly hostname?: unknown };
    return typeof hostname === 'string' && /^[0-9a-f]{12}$/.test(hostname) ? hostname : undefined;
  } catch {
    // The engine is about to write it.
    return undefined;
  }
}

/** Removes the containers that a build began and did not remove, once its engine has ended. */
export async function removeWorkContainers(ids: Iterable<string>, engine: ContainerEngine): Promise<void> {
  for (const id of ids) {
    // A base may choose the name. Podman counts those of builds as none of its own.
    const isForeign = await runEngine(engine, ['container', 'exists', id]).then(
      () => true,
      () => false,
    );
    // It may be gone already.
    if (!isForeign) await runEngine(engine, ['rm', '--force', '--volumes', id]).catch(() => {});
  }
}

async function listRunSteps(temporaryDirectory: string): Promise<RunStep[]> {
  const entries = await readdir(temporaryDirectory).catch(() => []);
  return entries.filter((name) => /^buildah\d+$/.test(name)).map((name) => ({ name, directory: join(temporaryDirectory, name) }));
}

/** Of the control group that its commands run in, where they are limited: whoever comes later finds them by it, too. */
export function groupNameOf(temporaryDirectory: string): string {
  return basename(dirname(temporaryDirectory));
}

/** Its first process: when that ends, the kernel ends all others of its namespace. */
async function endRunStep({ name, directory }: RunStep): Promise<void> {
  const pid = Number(await readFile(join(directory, 'pid'), 'utf8').catch(() => '0'));
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  // The number may be another program's by now.
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const names = groups.split('\n').map((line) => line.slice(line.lastIndexOf('/') + 1));
  if (!groups.includes(`buildah-${name}`) && !names.includes(groupNameOf(dirname(directory)))) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
