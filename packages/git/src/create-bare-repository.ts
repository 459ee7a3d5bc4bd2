import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ObjectFormat } from './object-type.ts';
import type { Ref } from './repository.ts';

/** A directory of ours for one repository, and how to remove it. */
export interface RepositoryDirectory {
  readonly gitDir: string;
  readonly homeDirectory: string;
  remove(): Promise<void>;
}

/** Makes a fresh, private directory inside `workDirectory`, with an empty home for git; the repository is still to be written. */
export async function createRepositoryDirectory(workDirectory: string): Promise<RepositoryDirectory> {
  await mkdir(workDirectory, { recursive: true, mode: 0o700 });
  // Absolute, for git runs elsewhere.
  const directory = await mkdtemp(join(resolve(workDirectory), 'repository-'));
  const homeDirectory = join(directory, 'home');
  await mkdir(homeDirectory);
  return {
    gitDir: join(directory, 'git'),
    homeDirectory,
    remove: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }),
  };
}

export interface BareRepositoryOptions {
  readonly objectFormat: ObjectFormat;
  readonly refs?: readonly Ref[];
  /** A ref name or an object id. Default `refs/heads/main`. */
  readonly head?: string | undefined;
  /** Object directories to borrow from. */
  readonly borrowFrom?: readonly string[];
  /** Ids of commits whose parents are not there. */
  readonly shallow?: readonly string[];
}

/**
 * Writes a bare repository as plain data, without git: its settings are ours alone, there are no hooks, and any number of refs costs one
 * file. Directories that are there already are kept.
 */
export async function writeBareRepository(gitDir: string, options: BareRepositoryOptions): Promise<void> {
  for (const directory of ['objects/info', 'objects/pack', 'refs']) await mkdir(join(gitDir, directory), { recursive: true });
  await writeFile(join(gitDir, 'config'), buildBareConfig(options.objectFormat));
  await writeBytes(gitDir, 'HEAD', buildHead(options.head ?? 'refs/heads/main'));
  if (options.borrowFrom?.length) {
    await writeFile(join(gitDir, 'objects/info/alternates'), options.borrowFrom.map((path) => `${quotePath(path)}\n`).join(''));
  }
  if (options.shallow?.length) await writeFile(join(gitDir, 'shallow'), options.shallow.map((oid) => `${oid}\n`).join(''));
  await writeRefs(gitDir, options.refs ?? []);
}

async function writeRefs(gitDir: string, refs: readonly Ref[]): Promise<void> {
  const plain = refs.filter((ref) => ref.symbolicTarget === undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const lines = plain.map((ref) => `${ref.target} ${ref.name}\n`);
  await writeBytes(gitDir, 'packed-refs', `# pack-refs with: sorted \n${lines.join('')}`);
  for (const ref of refs) {
    if (ref.symbolicTarget === undefined) continue;
    await mkdir(toPath(gitDir, ref.name.slice(0, ref.name.lastIndexOf('/'))), { recursive: true });
    await writeBytes(gitDir, ref.name, `ref: ${ref.symbolicTarget}\n`);
  }
}

/** The settings of a repository that is written so. */
export function buildBareConfig(objectFormat: ObjectFormat): string {
  const core = `[core]\n\trepositoryformatversion = ${objectFormat === 'sha1' ? 0 : 1}\n\tfilemode = true\n\tbare = true\n`;
  return objectFormat === 'sha1' ? core : `${core}[extensions]\n\tobjectFormat = sha256\n`;
}

function buildHead(head: string): string {
  return head.startsWith('refs/') ? `ref: ${head}\n` : `${head}\n`;
}

/** Names are one character a byte, in content and in paths. */
async function writeBytes(gitDir: string, name: string, text: string): Promise<void> {
  await writeFile(toPath(gitDir, name), Buffer.from(text, 'latin1'));
}

function toPath(gitDir: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${gitDir}/`), Buffer.from(name, 'latin1')]);
}

function quotePath(path: string): string {
  if (!/["\\\n\t]/.test(path)) return path;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}
