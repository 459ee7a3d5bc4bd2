import { matchesGlob } from 'node:path';
import { isRecord, type Project } from './project.ts';

/**
 * Folders of the members that a workspace names: npm, yarn and Bun (`workspaces`), pnpm (`pnpm-workspace.yaml`), Go (`go.work`), Cargo and uv
 * (`members`). Empty when it is none.
 */
export function listMembers(top: Project): string[] {
  const patterns = [
    ...listNpmPatterns(top),
    ...toStrings(top.parse('pnpm-workspace.yaml')?.['packages']),
    ...listGoModules(top),
    ...toStrings(findTable(top.parse('Cargo.toml'), 'workspace')?.['members']),
    ...toStrings(findTable(top.parse('pyproject.toml'), 'tool', 'uv', 'workspace')?.['members']),
  ].map((pattern) => pattern.replace(/^\.\/|\/$/g, ''));
  if (patterns.length === 0) return [];
  const folders = new Set(top.paths.filter(isManifest).map((path) => path.slice(0, path.lastIndexOf('/'))));
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  const matches = (folder: string, list: readonly string[]): boolean =>
    list.some((pattern) => pattern === folder || matchesGlob(folder, pattern));
  return [...folders].filter((folder) => matches(folder, included) && !matches(folder, excluded));
}

function isManifest(path: string): boolean {
  return /\/(?:package\.json|go\.mod|Cargo\.toml|pyproject\.toml)$/.test(path);
}

function listNpmPatterns(top: Project): string[] {
  const workspaces = top.parse('package.json')?.['workspaces'];
  return toStrings(isRecord(workspaces) ? workspaces['packages'] : workspaces);
}

function listGoModules(top: Project): string[] {
  const text = top.text('go.work') ?? '';
  const block = /^use\s*\(([^)]*)\)/m.exec(text)?.[1]?.split('\n') ?? [];
  const single = [...text.matchAll(/^use[ \t]+([^\s(]+)/gm)].map(([, path]) => path!);
  return [...block.map((line) => line.split('//', 1)[0]!.trim()), ...single].filter((path) => path !== '' && path !== '.');
}

/** The table at these keys, one in the other. */
export function findTable(value: Record<string, unknown> | undefined, ...keys: readonly string[]): Record<string, unknown> | undefined {
  let at: unknown = value;
  for (const key of keys) at = isRecord(at) ? at[key] : undefined;
  return isRecord(at) ? at : undefined;
}

/** Hostile globs could hold anything; the number and length that people write is small. */
export function toStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item.length < 200).slice(0, 100) : [];
}
