import { posix } from 'node:path';
import { parseJsonWithComments } from '../analyze/parse-json-with-comments.ts';
import { isRecord } from '../analyze/project.ts';
import type { BuildPlan } from './build-plan.ts';

/** Of a lock file the first lines say which versions read it. */
const lockHeadLength = 4096;

type Read = (path: string) => Promise<string | undefined>;

/** Ranges that are one word: `8`, `^9.1`, `10.x`. */
const simpleRange = /^[\^~]?\d+(?:\.(?:\d+|x|\*)){0,2}$/;

/**
 * The version of npm's kind of package manager that an application was made with, as npm takes it: what `packageManager`
 * (https://nodejs.org/api/packages.html#packagemanager) or `devEngines` asks for, else the one whose lock file and settings these are, unless
 * `engines` asks for a later one. Folders around the application speak for it, the nearest first.
 *
 * @param read content of a file by its path from the top of the tree, if there is one
 */
export async function findPackageManagerVersion({ root, packageManager: name }: BuildPlan, read: Read): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const folders = listFolders(root);
  const manifests: Record<string, unknown>[] = [];
  for (const folder of folders) {
    const manifest = parseManifest(await read(posix.join(folder, 'package.json')));
    if (manifest !== undefined) manifests.push(manifest);
  }
  const asked =
    findFirst(manifests, (manifest) => readField(manifest, name)) ?? findFirst(manifests, (manifest) => readDevEngines(manifest, name));
  if (asked !== undefined) return asked;
  const made = await findMade(folders, name, read);
  const engine = findFirst(manifests, ({ engines }) => (isRecord(engines) ? readEngine(engines[name]) : undefined));
  if (engine === undefined) return made;
  if (made === undefined) return engine.isOpen ? undefined : engine.range;
  return engine.major > Number(made) ? engine.range : made;
}

/** The folder and those that it lies in, up to the top, which is empty. */
export function listFolders(root: string): string[] {
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

function findFirst<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
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

interface Engine {
  readonly range: string;
  readonly major: number;
  /** Whether any later version will do: `>=8`. */
  readonly isOpen: boolean;
}

function readEngine(asked: unknown): Engine | undefined {
  const range = toRange(asked);
  if (range !== undefined) return { range, major: Number(/\d+/.exec(range)![0]), isOpen: false };
  const least = typeof asked === 'string' ? /^>=\s*(\d+)/.exec(asked.trim())?.[1] : undefined;
  return least === undefined ? undefined : { range: least, major: Number(least), isOpen: true };
}

/** The version that wrote the lock file. */
async function findMade(folders: readonly string[], name: string, read: Read): Promise<string | undefined> {
  if (name === 'pnpm') {
    const lock = await readFirst(folders, 'pnpm-lock.yaml', read);
    return choosePnpm(lock?.slice(0, lockHeadLength) ?? '', await readFirst(folders, 'pnpm-workspace.yaml', read));
  }
  return name === 'yarn' ? chooseYarn((await readFirst(folders, 'yarn.lock', read))?.slice(0, lockHeadLength) ?? '') : undefined;
}

async function readFirst(folders: readonly string[], file: string, read: Read): Promise<string | undefined> {
  for (const folder of folders) {
    const text = await read(posix.join(folder, file));
    if (text !== undefined) return text;
  }
  return undefined;
}

/**
 * https://github.com/pnpm/spec/tree/master/lockfile: later versions refuse a lock file of another kind (`--frozen-lockfile`). Three write the
 * last kind: the tenth has settings in the file of the workspace, and the eleventh fails where nobody has said which packages may build.
 */
function choosePnpm(head: string, workspace: string | undefined): string | undefined {
  const [, major = '9', minor = '0'] = /^lockfileVersion:[ \t]*['"]?(\d+)(?:\.(\d+))?/m.exec(head) ?? [];
  if (Number(major) < 6) return Number(major) === 5 && Number(minor) >= 4 ? '7' : '6';
  if (Number(major) < 9) return '8';
  if (workspace === undefined) return '9';
  if (/^allowBuilds:/m.test(workspace)) return undefined;
  return /^(?!packages:|catalogs?:)[A-Za-z]\w*:/m.test(workspace) ? '10' : '9';
}

/** From its second version on; later ones write the lock file anew, which `--immutable` forbids. */
function chooseYarn(head: string): string | undefined {
  const version = /^__metadata:\r?\n[ \t]+version:[ \t]*(\d+)/m.exec(head)?.[1];
  if (version === undefined) return undefined;
  return Number(version) >= 7 ? '4' : Number(version) >= 5 ? '3' : '2';
}
