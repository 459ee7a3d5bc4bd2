import { parse as parseToml } from 'smol-toml';
import { isRecord, listRecords, readText } from './component.ts';
import type { Component } from './component.ts';

/** `poetry.lock`, `uv.lock` and `pdm.lock`: a table of packages. What comes from the repository itself is no component. */
export function readPythonLock(text: string): Component[] {
  return listRecords(parseToml(text)['package']).flatMap((entry) => {
    const source = isRecord(entry['source']) ? entry['source'] : {};
    if ('editable' in source || 'virtual' in source || 'directory' in source || source['type'] === 'directory') return [];
    const isDevelopment =
      entry['category'] === 'dev' ||
      (Array.isArray(entry['groups']) && !entry['groups'].includes('main') && !entry['groups'].includes('default'));
    return toComponent(entry['name'], entry['version'], isDevelopment);
  });
}

/** `Pipfile.lock`. */
export function readPipfileLock(text: string): Component[] {
  const lock: unknown = JSON.parse(text);
  if (!isRecord(lock)) return [];
  return ['default', 'develop'].flatMap((group) =>
    Object.entries(isRecord(lock[group]) ? lock[group] : {}).flatMap(([name, entry]) =>
      toComponent(name, isRecord(entry) ? readText(entry['version'])?.replace(/^==/, '') : undefined, group === 'develop'),
    ),
  );
}

/** `requirements.txt`: what is pinned to one version. */
export function readRequirements(text: string): Component[] {
  return [
    ...text.matchAll(/^[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]\n]*\]\s*)?===?\s*([A-Za-z0-9.!+_-]+)\s*(?=$|[;#\\\s])/gm),
  ].flatMap(([, name, version]) => toComponent(name, version, false));
}

function toComponent(name: unknown, version: unknown, isDevelopment: boolean): Component[] {
  const [known, number] = [readText(name), readText(version)];
  if (known === undefined || number === undefined) return [];
  // https://packaging.python.org/en/latest/specifications/name-normalization/
  return [{ type: 'pypi', name: known.toLowerCase().replaceAll(/[-_.]+/g, '-'), version: number, ...(isDevelopment && { isDevelopment }) }];
}
