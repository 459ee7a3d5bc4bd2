import { posix } from 'node:path';
import { parseJsonWithComments } from '../analyze/parse-json-with-comments.ts';
import { isRecord } from '../analyze/project.ts';
import type { BuildPlan } from './build-plan.ts';

/** Of a lock file the first lines say which versions read it. */
const lockHeadLength = 4096;

/** Ranges that are one word: `8`, `^9.1`, `10.x`. */
const simpleRange = /^[\^~]?\d+(?:\.(?:\d+|x|\*)){0,2}$/;

/**
 * The version of npm's kind of package manager that an application was made with, as npm takes it: what `packageManager`
 * (https://nodejs.org/api/packages.html#packagemanager) or `devEngines` asks for, else the newest that reads the lock file as it is, else what
 * `engines` asks for. Folders around the application speak for it, the nearest first.
 *
 * @param read content of a file by its path from the top of the tree, if there is one
 */
export async function findPackageManagerVersion(
  { root, packageManager: name }: BuildPlan,
  read: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const folders = listFolders(root);
  const manifests: Record<string, unknown>[] = [];
  for (const folder of folders) {
    const manifest = parseManifest(await read(posix.join(folder, 'package.json')));
    if (manifest !== undefined) manifests.push(manifest);
  }
  return (
    findFirst(manifests, (manifest) => readField(manifest, name)) ??
    findFirst(manifests, (manifest) => readDevEngines(manifest, name)) ??
    (await findLocked(folders, name, read)) ??
    findFirst(manifests, ({ engines }) => toRange(isRecord(engines) ? engines[name] : undefined))
  );
}

/** The folder and those that it lies in, up to the top, which is empty. */
function listFolders(root: string): string[] {
  const parts = root === '' ? [] : root.split('/');
  return [...parts.keys().map((index) => parts.slice(0, parts.length - index).join('/')), ''];
}

function parseManifest(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const content = text === undefined ? undefined : parseJsonWithComments(text);
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function findFirst<Item>(items: readonly Item[], find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readField({ packageManager: field }: Record<string, unknown>, name: string): string | undefined {
  const [, asked, version] = (typeof field === 'string' && /^([a-z]+)@(\d+\.\d+\.\d+(?:-[\w.]+)?)(?:\+.*)?$/.exec(field)) || [];
  return asked === name ? version : undefined;
}

function readDevEngines({ devEngines }: Record<string, unknown>, name: string): string | undefined {
  const asked = isRecord(devEngines) ? [devEngines['packageManager']].flat() : [];
  const own = asked.filter(isRecord).find((engine) => engine['name'] === name);
  return toRange(own?.['version']);
}

function toRange(version: unknown): string | undefined {
  return typeof version === 'string' && simpleRange.test(version.trim()) ? version.trim() : undefined;
}

async function findLocked(
  folders: readonly string[],
  name: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const lock = Object.hasOwn(locks, name) ? locks[name] : undefined;
  if (lock === undefined) return undefined;
  for (const folder of folders) {
    const text = await read(posix.join(folder, lock.file));
    if (text !== undefined) return lock.choose(text.slice(0, lockHeadLength));
  }
  return undefined;
}

const locks: Readonly<Record<string, { readonly file: string; choose(head: string): string | undefined }>> = {
  pnpm: { file: 'pnpm-lock.yaml', choose: choosePnpm },
  yarn: { file: 'yarn.lock', choose: chooseYarn },
};

/** https://github.com/pnpm/spec/tree/master/lockfile: later versions refuse a lock file of another kind (`--frozen-lockfile`). */
function choosePnpm(head: string): string | undefined {
  const [, major, minor = '0'] = /^lockfileVersion:[ \t]*['"]?(\d+)(?:\.(\d+))?/m.exec(head) ?? [];
  if (major === undefined || Number(major) >= 9) return undefined;
  if (Number(major) >= 6) return '8';
  return Number(major) === 5 && Number(minor) >= 4 ? '7' : '6';
}

/** From its second version on; later ones write the lock file anew, which `--immutable` forbids. */
function chooseYarn(head: string): string | undefined {
  const version = /^__metadata:\r?\n[ \t]+version:[ \t]*(\d+)/m.exec(head)?.[1];
  if (version === undefined) return undefined;
  return Number(version) >= 7 ? '4' : Number(version) >= 5 ? '3' : '2';
}
