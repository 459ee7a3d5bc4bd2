import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { HookName } from './hook-names.ts';
import { buildHookScript, isAsInstalled, isOurHook, previousSuffix } from './hook-script.ts';

/** What stands at a hook's place. `edited`: ours, with something that somebody wrote into it. */
export type HookState = 'absent' | 'installed' | 'installed-with-previous' | 'edited' | 'foreign';

export async function findHookState(directory: string, hook: HookName): Promise<HookState> {
  const script = await readHook(join(directory, hook));
  if (script === undefined) return 'absent';
  if (!isOurHook(script)) return 'foreign';
  if (!isAsInstalled(script)) return 'edited';
  return (await readHook(join(directory, hook + previousSuffix))) === undefined ? 'installed' : 'installed-with-previous';
}

export interface InstallOptions {
  readonly program: { readonly node: string; readonly launcher: string };
  /** Keep a foreign hook and run it first, instead of refusing. */
  readonly chain: boolean;
}

/** @throws {CliError} `HOOK_IS_FOREIGN`, also for one of ours that was edited; nothing is changed then. */
export async function installHook(directory: string, hook: HookName, { program, chain }: InstallOptions): Promise<HookState> {
  const file = join(directory, hook);
  const state = await findHookState(directory, hook);
  if (state === 'edited')
    throw new CliError('HOOK_IS_FOREIGN', `${file} was edited after it was installed, and was left alone. Move it away, then try again.`);
  if (state === 'foreign') {
    if (!chain)
      throw new CliError(
        'HOOK_IS_FOREIGN',
        `${file} is somebody else's hook and was left alone. With --chain it is kept and runs before ours.`,
      );
    if ((await readHook(file + previousSuffix)) !== undefined) {
      throw new CliError('HOOK_IS_FOREIGN', `${file + previousSuffix} exists already. Move one of the two away, then try again.`);
    }
    await rename(file, file + previousSuffix);
  }
  await mkdir(directory, { recursive: true });
  const unfinished = `${file}.deployguard-tmp`;
  await writeFile(unfinished, buildHookScript(hook, program));
  await chmod(unfinished, 0o755);
  await rename(unfinished, file);
  return await findHookState(directory, hook);
}

/** Removes our hook and puts the previous one back. Anything else is left alone. */
export async function uninstallHook(directory: string, hook: HookName): Promise<'absent' | 'edited' | 'foreign' | 'removed' | 'restored'> {
  const file = join(directory, hook);
  const state = await findHookState(directory, hook);
  if (state === 'absent' || state === 'edited' || state === 'foreign') return state;
  if (state === 'installed-with-previous') {
    await rename(file + previousSuffix, file);
    return 'restored';
  }
  await rm(file);
  return 'removed';
}

/** A symbolic link counts as somebody's hook, wherever it leads. */
async function readHook(file: string): Promise<string | undefined> {
  const stats = await lstat(file).catch(() => undefined);
  if (!stats) return undefined;
  return stats.isFile() ? await readFile(file, 'utf8') : '';
}
