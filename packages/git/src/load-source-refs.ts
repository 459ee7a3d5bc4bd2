import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './git-error.ts';
import { isObjectId } from './object-type.ts';
import { readPlainFile } from './read-plain-file.ts';
import { isRefName } from './ref-name.ts';
import type { Ref } from './repository.ts';

/** The refs of a repository, read from its files (formats: gitrepository-layout(5), git-pack-refs(1)). */
export interface SourceRefs {
  /** In the order of their bytes. */
  readonly refs: readonly Ref[];
  /** Names (or file names) of what stands among the refs and is none: unreadable content, or a name that git does not accept. */
  readonly invalid: readonly string[];
  /** Objects that those lead to all the same. */
  readonly invalidTargets: readonly Ref[];
}

/** What a ref's file or line says. */
type RefValue = { readonly target: string } | { readonly symbolicTarget: string };

const maxSymbolicDepth = 5;

/** Reads `packed-refs` and all below `refs/`; a loose ref stands before the packed one of the same name. */
export async function loadSourceRefs(commonDir: string): Promise<SourceRefs> {
  const values = new Map<string, RefValue>();
  const invalid: string[] = [];
  for (const [name, target] of parsePackedRefs((await readPlainFile(join(commonDir, 'packed-refs'))) ?? Buffer.alloc(0), invalid)) {
    values.set(name, { target });
  }
  for (const [name, value] of await loadLooseRefs(commonDir)) {
    if (value === undefined) invalid.push(name);
    else values.set(name, value);
  }

  const refs: Ref[] = [];
  const invalidTargets: Ref[] = [];
  for (const [name, value] of values) {
    const target = resolveRef(value, values);
    if (!isRefName(name)) invalid.push(name);
    // A symbolic ref whose target is gone leads nowhere, as the remote's HEAD after its branch was renamed: nothing to keep.
    if (target === undefined) continue;
    const ref = 'symbolicTarget' in value ? { name, target, symbolicTarget: value.symbolicTarget } : { name, target };
    (isRefName(name) ? refs : invalidTargets).push(ref);
  }
  refs.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { refs, invalid, invalidTargets };
}

/** Reads the one ref a file holds: an id, `ref: <name>`, or (as old git wrote them) a symbolic link to a ref. `undefined` when it holds none. */
export async function loadRefFile(path: Buffer): Promise<RefValue | undefined> {
  const link = await readlink(path, 'latin1').catch(() => undefined);
  if (link !== undefined) {
    if (link.startsWith('refs/') && !link.includes('..')) return { symbolicTarget: link };
    throw new GitError('REPOSITORY_UNSAFE', `${path.toString()} is a symbolic link out of the refs. It is not followed.`);
  }
  const text = (await readPlainFile(path))?.subarray(0, 8192).toString('latin1') ?? '';
  const symbolicTarget = /^ref:\s*(\S.*)$/.exec(text.trimEnd())?.[1];
  if (symbolicTarget !== undefined) return { symbolicTarget };
  const target = /^([0-9a-f]{64}|[0-9a-f]{40})(?:\s|$)/.exec(text)?.[1];
  return target === undefined || isNull(target) ? undefined : { target };
}

function* parsePackedRefs(content: Buffer, invalid: string[]): Generator<[name: string, target: string]> {
  // Lines are `<id> <name>`; `#` begins a comment, `^` what the tag above leads to (which may be forged, and is not needed).
  for (const line of content.toString('latin1').split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('^')) continue;
    const gap = line.indexOf(' ');
    const target = line.slice(0, gap);
    const name = line.slice(gap + 1).replace(/\r$/, '');
    if (gap === -1 || !isObjectId(target) || isNull(target)) invalid.push(name);
    else yield [name, target];
  }
}

async function loadLooseRefs(commonDir: string): Promise<Map<string, RefValue | undefined>> {
  const values = new Map<string, RefValue | undefined>();
  const pending = ['refs'];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const path = Buffer.from(`${Buffer.from(commonDir).toString('latin1')}/${directory}`, 'latin1');
    for (const entry of await readdir(path, { withFileTypes: true, encoding: 'latin1' }).catch(emptyWhenMissing)) {
      const name = `${directory}/${entry.name}`;
      if (entry.isDirectory()) pending.push(name);
      // git itself writes a lock beside the ref that it is changing.
      else if (!name.endsWith('.lock')) values.set(name, await loadRefFile(Buffer.concat([path, Buffer.from(`/${entry.name}`, 'latin1')])));
    }
  }
  return values;
}

function resolveRef(value: RefValue, values: ReadonlyMap<string, RefValue>): string | undefined {
  let current: RefValue | undefined = value;
  for (let depth = 0; current !== undefined && depth <= maxSymbolicDepth; depth++) {
    if ('target' in current) return current.target;
    current = values.get(current.symbolicTarget);
  }
  return undefined;
}

function isNull(oid: string): boolean {
  return /^0+$/.test(oid);
}

function emptyWhenMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw new GitError('REPOSITORY_BROKEN', `The repository's refs cannot be read (${error.code}).`, { cause: error });
}
