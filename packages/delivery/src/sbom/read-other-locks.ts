import { parse as parseToml } from 'smol-toml';
import { isRecord, listRecords, readText } from './component.ts';
import type { Component } from './component.ts';

/** `go.mod` (https://go.dev/ref/mod#go-mod-file): since Go 1.17 it names all modules that are built in. Those replaced by a folder are left out. */
export function readGoMod(text: string): Component[] {
  const lines = text.replaceAll(/\/\/.*/g, '');
  const required = listDirective(lines, 'require').map(([path, version]) => ({ path: path!, version }));
  const replaced = new Map(
    listDirective(lines, 'replace').map((words) => {
      const arrow = words.indexOf('=>');
      return [words[0]!, words.slice(arrow + 1)] as const;
    }),
  );
  return required.flatMap(({ path, version }) => {
    const [name, number] = replaced.get(path) ?? [path, version];
    return name === undefined || number === undefined || !/^v\d/.test(number) ? [] : [{ type: 'golang', name, version: number } as const];
  });
}

function listDirective(text: string, name: string): string[][] {
  // What is not closed is taken to its end, so that no place is looked at twice.
  const blocks = [...text.matchAll(new RegExp(`^${name}\\s*\\(([^)]*)`, 'gm'))].flatMap(([, block]) => block!.split('\n'));
  const single = [...text.matchAll(new RegExp(`^${name}[ \\t]+([^(\\s].*)$`, 'gm'))].map(([, line]) => line!);
  return [...blocks, ...single].map((line) => line.trim().split(/\s+/)).filter(([first]) => first !== undefined && first !== '');
}

/** `Cargo.lock`. Packages without a source are those of the repository. */
export function readCargoLock(text: string): Component[] {
  return listRecords(parseToml(text)['package']).flatMap((entry) => {
    const [name, version, checksum] = [readText(entry['name']), readText(entry['version']), readText(entry['checksum'])];
    if (name === undefined || version === undefined || entry['source'] === undefined) return [];
    const isHash = checksum !== undefined && /^[0-9a-f]{64}$/.test(checksum);
    return [{ type: 'cargo', name, version, ...(isHash && { hashes: [{ algorithm: 'SHA-256', content: checksum }] }) } as const];
  });
}

/** `composer.lock`. */
export function readComposerLock(text: string): Component[] {
  const lock: unknown = JSON.parse(text);
  if (!isRecord(lock)) return [];
  return (['packages', 'packages-dev'] as const).flatMap((group) =>
    listRecords(lock[group]).flatMap((entry) => {
      const [name, version] = [readText(entry['name']), readText(entry['version'])];
      if (name === undefined || version === undefined) return [];
      return [
        {
          type: 'composer',
          name,
          version: version.replace(/^v(?=\d)/, ''),
          ...(group === 'packages-dev' && { isDevelopment: true }),
        } as const,
      ];
    }),
  );
}

/** `Gemfile.lock`: the gems below `specs:` of GEM, four blanks in; Bundler writes one GEM for each source since 2.2. A platform may follow the version. */
export function readGemfileLock(text: string): Component[] {
  const sections = [...text.matchAll(/^GEM\r?\n([^]*?)(?=^\S|$(?![^]))/gm)].map(([, section]) => section!);
  return [...sections.join('\n').matchAll(/^ {4}(\S+) \(([0-9][^)\s-]*)(?:-[^)\s]*)?\)$/gm)].map(([, name, version]) => ({
    type: 'gem',
    name: name!,
    version: version!,
  }));
}

/** `packages.lock.json` of NuGet, by target frameworks (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies). */
export function readNugetLock(text: string): Component[] {
  const lock: unknown = JSON.parse(text);
  const frameworks = isRecord(lock) && isRecord(lock['dependencies']) ? Object.values(lock['dependencies']) : [];
  return frameworks.filter(isRecord).flatMap((packages) =>
    Object.entries(packages).flatMap(([key, entry]) => {
      const [name, version] = [readText(key), isRecord(entry) ? readText(entry['resolved']) : undefined];
      return name === undefined || version === undefined ? [] : [{ type: 'nuget', name, version } as const];
    }),
  );
}

/** `mix.lock`, a map in Elixir; the name in the registry is the second of a tuple: `"jason": {:hex, :jason, "1.4.4", …`. */
export function readMixLock(text: string): Component[] {
  return [...text.matchAll(/\{:hex, :"?([\w.]{1,200})"?, "([^"\s]{1,200})"/g)].map(([, name, version]) => ({
    type: 'hex',
    name: name!,
    version: version!,
  }));
}

/** `gradle.lockfile`: `group:name:version=classpaths` (https://docs.gradle.org/current/userguide/dependency_locking.html). */
export function readGradleLock(text: string): Component[] {
  return [...text.matchAll(/^([\w.-]{1,200}):([\w.-]{1,200}):([\w.+-]{1,200})=(.*)$/gm)].map(([, group, name, version, uses]) => ({
    type: 'maven',
    name: `${group}/${name}`,
    version: version!,
    ...(uses!.split(',').every((use) => /^(?:test|annotationProcessor|checkstyle|jacoco|pmd|spotbugs)/i.test(use)) && {
      isDevelopment: true,
    }),
  }));
}
