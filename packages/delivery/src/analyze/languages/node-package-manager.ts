import type { Ambiguity } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';

export interface NodePackageManager {
  readonly install: Answer<string>;
  /** What stands before the name of a script. */
  readonly run: string;
  /** What stands before the name of a program of a dependency. */
  readonly execute: string;
}

interface Choice {
  readonly answer: Answer<string>;
  readonly ambiguity?: Ambiguity;
}

const lockFiles: readonly (readonly [file: string, manager: string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

const programs: Readonly<Record<string, Pick<NodePackageManager, 'run' | 'execute'>>> = {
  npm: { run: 'npm run', execute: 'npx' },
  pnpm: { run: 'pnpm run', execute: 'pnpm exec' },
  yarn: { run: 'yarn run', execute: 'yarn' },
  bun: { run: 'bun run', execute: 'bunx' },
};

/**
 * The package manager: `packageManager` (Corepack), else the lock file, else its settings or `engines`, else npm. The workspace speaks for its
 * members.
 */
export function findNodePackageManager(
  project: Project,
  packageFile: Record<string, unknown>,
): Choice & { readonly manager: NodePackageManager } {
  const choice = findDeclared(project, packageFile) ?? findLocked(project) ?? findConfigured(project, packageFile);
  const name = choice.answer.value;
  return { ...choice, manager: { ...programs[name]!, install: findInstall(project, name) } };
}

/** The project, and the workspace that it is a member of. */
function listPlaces(project: Project): Project[] {
  return project.workspace === undefined ? [project] : [project, project.workspace];
}

function findDeclared(project: Project, packageFile: Record<string, unknown>): Choice | undefined {
  for (const place of listPlaces(project)) {
    const declared = (place === project ? packageFile : place.parse('package.json'))?.['packageManager'];
    const name = typeof declared === 'string' ? /^(npm|pnpm|yarn|bun)@/.exec(declared)?.[1] : undefined;
    if (name !== undefined)
      return { answer: place.answer(name, { rule: 'node-package-manager-field', file: 'package.json', at: '"packageManager"' }) };
  }
  return undefined;
}

function findLocked(project: Project): Choice | undefined {
  for (const place of listPlaces(project)) {
    const found = lockFiles.filter(([file]) => place.has(file)).map(([file, name]) => place.answer(name, { rule: 'node-lock-file', file }));
    const [first] = found;
    if (first === undefined) continue;
    const names = new Set(found.map(({ value }) => value));
    if (names.size === 1) return { answer: first };
    return {
      answer: { ...first, confidence: 'low' },
      ambiguity: {
        field: 'packageManager',
        message: `There are lock files of ${[...names].join(', ')}. Remove those that are not used, or set "packageManager" in package.json.`,
        choices: found,
      },
    };
  }
  return undefined;
}

function findConfigured(project: Project, packageFile: Record<string, unknown>): Choice {
  const settings = [
    ['.yarnrc.yml', 'yarn'],
    ['pnpm-workspace.yaml', 'pnpm'],
    ['bunfig.toml', 'bun'],
  ] as const;
  for (const [file, name] of settings) {
    const place = listPlaces(project).find((candidate) => candidate.has(file));
    if (place) return { answer: place.answer(name, { rule: 'node-package-manager-settings', confidence: 'medium', file }) };
  }
  const engines = findTable(packageFile, 'engines') ?? {};
  const engine = ['pnpm', 'yarn', 'bun'].find((name) => name in engines);
  if (engine !== undefined)
    return { answer: project.answer(engine, { rule: 'node-engines', confidence: 'medium', file: 'package.json', at: '"engines"' }) };
  // What types of Bun are for, unless it asks for Node.
  const types = ['@types/bun', 'bun-types'].find((name) => name in (findTable(packageFile, 'devDependencies') ?? {}));
  if (types !== undefined && !('node' in engines))
    return { answer: project.answer('bun', { rule: 'node-bun-types', confidence: 'medium', file: 'package.json', at: `"${types}"` }) };
  return { answer: project.answer('npm', { rule: 'node-npm-by-default', confidence: 'low', file: 'package.json' }) };
}

function findInstall(project: Project, name: string): Answer<string> {
  const place = listPlaces(project).find((candidate) => lockFiles.some(([file, manager]) => manager === name && candidate.has(file)));
  const file = lockFiles.find(([candidate, manager]) => manager === name && place?.has(candidate))?.[0];
  if (place === undefined || file === undefined) {
    return project.answer(`${name} install`, { rule: 'node-install-unlocked', confidence: 'medium', file: 'package.json' });
  }
  return place.answer(chooseLockedInstall(place, name), { rule: 'node-install-locked', file });
}

function chooseLockedInstall(place: Project, name: string): string {
  if (name === 'npm') return 'npm ci';
  if (name !== 'yarn') return `${name} install --frozen-lockfile`;
  const declared = place.parse('package.json')?.['packageManager'];
  const isBerry = typeof declared === 'string' ? !declared.startsWith('yarn@1.') : place.has('.yarnrc.yml');
  return `yarn install ${isBerry ? '--immutable' : '--frozen-lockfile'}`;
}
