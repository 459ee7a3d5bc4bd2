import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { runEngine } from '../containers/run-engine.ts';

/** Of podman: a folder for each command of a Dockerfile that runs, in the directory for temporary files. */
interface RunStep {
  readonly name: string;
  readonly directory: string;
}

/**
 * Ends the commands of a build that run in containers: they outlive the engine that started them. An engine that is still there sees its
 * command fail, and removes what it has begun.
 *
 * @param temporaryDirectory that of the build, as `TMPDIR` of the engine
 * @returns how many there were
 */
export async function endRunSteps(temporaryDirectory: string): Promise<number> {
  const ended = await Promise.all((await listRunSteps(temporaryDirectory)).map(endRunStep));
  return ended.filter(Boolean).length;
}

/** Removes the containers that a build began and did not remove, once its engine has ended. */
export async function removeWorkContainers(temporaryDirectory: string, engine: ContainerEngine): Promise<void> {
  for (const { directory } of await listRunSteps(temporaryDirectory)) {
    const id = (await readFile(join(directory, 'hostname'), 'utf8').catch(() => '')).trim();
    // It may be gone already.
    if (/^[0-9a-f]{12}$/.test(id)) await runEngine(engine, ['rm', '--force', '--volumes', id]).catch(() => {});
    await rm(directory, { recursive: true, force: true });
  }
}

async function listRunSteps(temporaryDirectory: string): Promise<RunStep[]> {
  const entries = await readdir(temporaryDirectory).catch(() => []);
  return entries.filter((name) => /^buildah\d+$/.test(name)).map((name) => ({ name, directory: join(temporaryDirectory, name) }));
}

/** Its first process: when that ends, the kernel ends all others of its namespace. */
async function endRunStep({ name, directory }: RunStep): Promise<boolean> {
  const pid = Number(await readFile(join(directory, 'pid'), 'utf8').catch(() => '0'));
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  // The number may be another program's by now.
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  if (!groups.includes(`buildah-${name}`)) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
