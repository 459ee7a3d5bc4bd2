import { realpath, stat } from 'node:fs/promises';
import { findProgram } from '@deployguard/process';
import type { BuildPlan } from './build-plan.ts';

/** What builds or runs applications of a language, where that is on its machine. */
const programs: Readonly<Record<string, readonly string[]>> = {
  node: ['node'],
  deno: ['deno'],
  python: ['python3'],
  go: ['go'],
  rust: ['rustc'],
  ruby: ['ruby'],
  php: ['php'],
  java: ['java', 'javac'],
  kotlin: ['java', 'javac'],
  dotnet: ['dotnet'],
  elixir: ['erl', 'elixir'],
};

/**
 * The programs of a plan's languages that a search path leads to, so that others are told from them: by where they lie, their sizes and when they
 * were written. None is started. Of what only starts another program, as pyenv's do, that other one is not seen.
 */
export async function identifyToolchain({ language, assets }: BuildPlan, searchPath: string): Promise<unknown[]> {
  const names = new Set([language, assets?.language].flatMap((name) => programs[name ?? ''] ?? []));
  return Promise.all(
    [...names].map(async (name) => {
      const path = findProgram(name, searchPath);
      if (path === undefined) return [name];
      const { size, mtimeMs } = await stat(path);
      return [name, await realpath(path), size, mtimeMs];
    }),
  );
}
