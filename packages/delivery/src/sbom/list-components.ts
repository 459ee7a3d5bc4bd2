import type { FileTree } from '../analyze/file-tree.ts';
import type { Component, LockFileReader } from './component.ts';
import { readBunLock, readDenoLock, readNpmLock, readPnpmLock, readYarnLock } from './read-npm-locks.ts';
import {
  readCargoLock,
  readComposerLock,
  readGemfileLock,
  readGoMod,
  readGradleLock,
  readMixLock,
  readNugetLock,
} from './read-other-locks.ts';
import { readPipfileLock, readPythonLock, readRequirements } from './read-python-locks.ts';

const readers: Readonly<Record<string, LockFileReader>> = {
  'Cargo.lock': readCargoLock,
  'Gemfile.lock': readGemfileLock,
  'Pipfile.lock': readPipfileLock,
  'bun.lock': readBunLock,
  'composer.lock': readComposerLock,
  'deno.lock': readDenoLock,
  'go.mod': readGoMod,
  'gradle.lockfile': readGradleLock,
  'mix.lock': readMixLock,
  'npm-shrinkwrap.json': readNpmLock,
  'package-lock.json': readNpmLock,
  'packages.lock.json': readNugetLock,
  'pdm.lock': readPythonLock,
  'pnpm-lock.yaml': readPnpmLock,
  'poetry.lock': readPythonLock,
  'requirements.txt': readRequirements,
  'uv.lock': readPythonLock,
  'yarn.lock': readYarnLock,
};

const maxLockBytes = 32 * 1024 * 1024;
const maxComponents = 100_000;

export interface ComponentList {
  readonly components: readonly Component[];
  /** The lock files that they come from. */
  readonly files: readonly string[];
  /** Lock files that could not be read. */
  readonly unread: readonly string[];
}

/** The packages that the lock files of an application name: those in its root, else those in the top of the tree. Each once, sorted. */
export async function listComponents(tree: FileTree, root: string): Promise<ComponentList> {
  const present = new Set(tree.paths);
  const inRoot = Object.keys(readers).map((name) => (root === '' ? name : `${root}/${name}`));
  const own = inRoot.filter((path) => present.has(path));
  const files = own.length > 0 ? own : Object.keys(readers).filter((path) => present.has(path));
  const contents = await tree.read(files, maxLockBytes);
  const found = new Map<string, Component>();
  const unread: string[] = [];
  for (const file of files) {
    const components = readComponents(file, contents.get(file));
    if (components === undefined) unread.push(file);
    for (const component of components ?? []) {
      const key = `${component.type} ${component.name} ${component.version}`;
      // JSON can hold half a character, which no address can.
      if (!key.isWellFormed()) continue;
      // What one file calls a tool of developers may be part of the application by another.
      const known = found.get(key);
      if (found.size < maxComponents && (known === undefined || known.isDevelopment)) found.set(key, component);
    }
  }
  return { components: [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component), files, unread };
}

function readComponents(file: string, content: Buffer | undefined): Component[] | undefined {
  try {
    return content === undefined ? undefined : readers[file.split('/').at(-1)!]!(content.toString('utf8'));
  } catch {
    // The message of a parser may quote what it read.
    return undefined;
  }
}
