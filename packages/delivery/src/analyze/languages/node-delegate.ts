import { listMembers } from '../list-members.ts';
import type { Project } from '../project.ts';
import { cleanFolder } from './node-settings.ts';

/** A script of a `package.json` in a folder below. */
export interface Delegate {
  readonly folder: string;
  readonly script: string;
}

/**
 * The script of another folder that a command runs: `yarn --cwd web start`, `npm --prefix web start`, `npm -w web start`,
 * `pnpm --filter web start`, `turbo run start --filter=web`, `yarn workspace web start`, `cd web && npm start`.
 */
export function findDelegate(project: Project, command: string): Delegate | undefined {
  const [, entered, line] = /^\s*(?:cd\s+([\w./-]{1,200})\s*&&\s*)?((?:npm|pnpm|yarn|bun)\s[^&|;]{1,500})$/.exec(command) ?? [];
  if (line === undefined) return findFiltered(project, command);
  const [program, ...words] = line.trim().replaceAll('=', ' ').split(/\s+/);
  let folder = entered;
  let member: string | undefined;
  let script: string | undefined;
  while (words.length > 0 && script === undefined) {
    const word = words.shift()!;
    if (/^(?:--cwd|--prefix|--dir|-C)$/.test(word)) folder = words.shift();
    else if (word === '--filter' || word === '--workspace' || word === '-F' || (word === '-w' && program === 'npm')) member = words.shift();
    else if (word === 'workspace' && program === 'yarn') member = words.shift();
    else if (word !== 'run' && !word.startsWith('-')) script = word;
  }
  if (script === undefined) return undefined;
  // npm takes them behind the script as well.
  const behind = /\s(?:--prefix|--workspace|-w)[ =](\S{1,200})/
    .exec(program === 'npm' ? line : '')?.[0]
    .trim()
    .split(/[ =]/);
  if (behind !== undefined && folder === undefined && member === undefined) {
    if (behind[0] === '--prefix') folder = behind[1];
    else member = behind[1];
  }
  const found = member === undefined ? folder : findMember(project, member);
  const path = cleanFolder(found ?? '');
  return path !== '' && !path.includes('..') && project.has(`${path}/package.json`) ? { folder: path, script } : undefined;
}

/** What Turborepo runs in one member alone (https://turborepo.com/docs/reference/run#--filter-string). */
function findFiltered(project: Project, command: string): Delegate | undefined {
  if (!/^\s*(?:npx\s+)?turbo\s[^&|;]{1,500}$/.test(command)) return undefined;
  const filters = [...command.matchAll(/\s(?:--filter|-F)[ =](\S{1,200})/g)];
  const script = /\bturbo\s+(?:run\s+)?([\w:-]{1,100})(?:\s|$)/.exec(command)?.[1];
  const folder = filters.length === 1 ? findMember(project, filters[0]![1]!) : undefined;
  return folder === undefined || script === undefined ? undefined : { folder, script };
}

/** By its name, or its folder. */
function findMember(project: Project, word: string): string | undefined {
  const wanted = cleanFolder(word.replaceAll(/['"{}]|\.{3}/g, ''));
  const members = listMembers(project);
  return (
    members.find((folder) => folder === wanted) ?? members.find((folder) => project.parse(`${folder}/package.json`)?.['name'] === wanted)
  );
}
