import { parseJsonWithComments } from '../analyze/parse-json-with-comments.ts';
import { isRecord, readText } from './component.ts';
import type { Component } from './component.ts';

/** `package-lock.json` and `npm-shrinkwrap.json` (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), version 1 to 3. */
export function readNpmLock(text: string): Component[] {
  const lock: unknown = JSON.parse(text);
  if (!isRecord(lock)) return [];
  if (isRecord(lock['packages'])) {
    return Object.entries(lock['packages']).flatMap(([path, entry]) => {
      const at = path.lastIndexOf('node_modules/');
      if (at === -1 || !isRecord(entry) || entry['link'] === true) return [];
      return toComponent(readText(entry['name']) ?? path.slice(at + 'node_modules/'.length), entry);
    });
  }
  const components: Component[] = [];
  addNested(lock['dependencies'], components);
  return components;
}

/** One list for all: they may stand in each other very deep. */
function addNested(dependencies: unknown, components: Component[]): void {
  if (!isRecord(dependencies)) return;
  for (const [name, entry] of Object.entries(dependencies)) {
    if (!isRecord(entry)) continue;
    components.push(...toComponent(name, entry));
    addNested(entry['dependencies'], components);
  }
}

/** `yarn.lock`: blocks whose first line holds what was asked for; a name may stand for another package (`other@npm:debug@^4`). */
export function readYarnLock(text: string): Component[] {
  return text.split(/\n(?=\S)/).flatMap((block) => {
    // Since Yarn 2 it is YAML, and says what it was resolved to; what that hashes is an archive of its own.
    const resolved = /^ {2}resolution: "(@?[^@"\s]+)@npm:([^"\s]+)"/m.exec(block);
    if (resolved !== null) return toComponent(resolved[1]!, { version: resolved[2]!.split('::', 1)[0] });
    const [, asked, other] = /^"?(@?[^@"\s]+)@(?:npm:(@?[^@"\s]+)@)?/.exec(block) ?? [];
    const version = /^ {2}version "([^"]+)"/m.exec(block)?.[1];
    const integrity = /^ {2}integrity (\S+)/m.exec(block)?.[1];
    return asked === undefined ? [] : toComponent(other ?? asked, { version, integrity });
  });
}

/** `bun.lock`: by places in `node_modules` the package, its registry, what it needs, and its hash (https://bun.com/docs/pm/lockfile). */
export function readBunLock(text: string): Component[] {
  const lock = parseJsonWithComments(text);
  if (!isRecord(lock) || !isRecord(lock['packages'])) return [];
  return Object.values(lock['packages']).flatMap((entry) => {
    if (!Array.isArray(entry)) return [];
    const [, name, version] = splitVersion(entry[0]);
    return name === undefined ? [] : toComponent(name, { version, integrity: entry.at(-1) });
  });
}

/** `deno.lock`, version 2 to 5, its packages of npm: `debug@4.4.3`, behind which `_` and peers may stand. */
export function readDenoLock(text: string): Component[] {
  const lock: unknown = JSON.parse(text);
  if (!isRecord(lock)) return [];
  const npm = lock['npm'] ?? (isRecord(lock['packages']) ? lock['packages']['npm'] : undefined);
  // In version 2 and 3 one level further down, or not.
  const packages = isRecord(npm) && isRecord(npm['packages']) ? npm['packages'] : npm;
  if (!isRecord(packages)) return [];
  return Object.entries(packages).flatMap(([key, entry]) => {
    const version = key.indexOf('@', 1) + 1;
    const [, name, number] = splitVersion(key.slice(0, version) + key.slice(version).split('_', 1)[0]);
    return name === undefined || !isRecord(entry) ? [] : toComponent(name, { version: number, integrity: entry['integrity'] });
  });
}

function splitVersion(text: unknown): readonly (string | undefined)[] {
  return /^(@?[^@]+)@([^@]+)$/.exec(readText(text) ?? '') ?? [];
}

/**
 * `pnpm-lock.yaml`, version 5 to 9: keys are `/name/1.0.0`, `/name@1.0.0` or `name@1.0.0`, and may end in what they were resolved with.
 * Read by lines, as pnpm writes it: to parse a large one as YAML takes seconds.
 */
export function readPnpmLock(text: string): Component[] {
  const whole = `${text}\n`;
  const section = /^packages:\r?\n((?:[ \t].*\r?\n|\r?\n)*)/m.exec(whole)?.[1] ?? '';
  return section.split(/\n(?= {2}\S)/).flatMap((block) => {
    const key = /^[ \t]*(?:'([^']+)'|([^\s'"].*)):[ \t]*\r?$/m.exec(block);
    const [, name, version] = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/]([^(_]+)/.exec(key?.[1] ?? key?.[2] ?? '') ?? [];
    if (name === undefined) return [];
    const integrity = /^ {4}resolution: \{integrity: ([^,}\s]+)/m.exec(block)?.[1];
    return toComponent(name, { version, integrity, dev: /^ {4}dev: true\r?$/m.test(block) });
  });
}

function toComponent(name: string, { version, integrity, dev }: Record<string, unknown>): Component[] {
  const [known, number] = [readText(name), readText(version)];
  // A version may be the address of an archive or a repository.
  if (known === undefined || number === undefined || !/^\d/.test(number)) return [];
  const hashes = readIntegrity(integrity);
  return [
    { type: 'npm', name: known, version: number, ...(hashes.length > 0 && { hashes }), ...(dev === true && { isDevelopment: true }) },
  ];
}

const algorithms = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;

/** https://www.w3.org/TR/SRI/ */
function readIntegrity(integrity: unknown): NonNullable<Component['hashes']>[number][] {
  const [, name, value] = /^(sha1|sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/.exec(readText(integrity) ?? '') ?? [];
  return name === undefined
    ? []
    : [{ algorithm: algorithms[name as keyof typeof algorithms], content: Buffer.from(value!, 'base64').toString('hex') }];
}
