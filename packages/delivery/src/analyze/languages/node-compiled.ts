import { findTable, toStrings } from '../list-members.ts';
import type { Project } from '../project.ts';
import { cleanFolder } from './node-settings.ts';
import { listCommands, type Scripts } from './node-scripts.ts';

const settings = 'tsconfig.json';

/** Whether the build calls the compiler of TypeScript with those settings. */
export function isCompiled(scripts: Scripts): boolean {
  return listCommands(scripts, 'build').some(
    (command) => /(?:^|[\s/])tsc(?:\s|$)/.test(command) && !/\s(?:-p|--project|-b|--build|--outDir|--noEmit)(?:\s|$)/.test(command),
  );
}

/**
 * `node bin/server.js` where there is only `bin/server.ts`: what the compiler makes of it is meant. `undefined` where nothing stands in
 * the way of the command, or the settings do not say where that lies.
 */
export function findCompiledStart(project: Project, command: string): string | undefined {
  const [, program, stem, kind] = /^((?:\w+=[\w./:-]*\s+)*node\s+(?:-[\w=:.@/-]+\s+)*)(?:\.\/)?([\w./-]+)\.([cm]?)js$/.exec(command) ?? [];
  if (stem === undefined || project.has(`${stem}.${kind}js`) || !project.has(`${stem}.${kind}ts`)) return undefined;
  const file = findCompiledFile(project, `${stem}.${kind}ts`);
  return file === undefined ? undefined : `${program}${file}`;
}

/** Where the compiler writes what it makes of a file (https://www.typescriptlang.org/tsconfig/#outDir). */
export function findCompiledFile(project: Project, source: string): string | undefined {
  const file = project.parse(settings);
  const { outDir, rootDir, noEmit, allowJs } = findTable(file, 'compilerOptions') ?? {};
  if (typeof outDir !== 'string' || !/^[\w./-]{1,100}$/.test(outDir) || outDir.includes('..') || noEmit === true) return undefined;
  const output = cleanFolder(outDir);
  const root =
    typeof rootDir === 'string' ? toPrefix(rootDir) : findCommonFolder(listInputs(project, file!, allowJs === true, `${output}/`));
  if (!source.startsWith(root)) return undefined;
  return `${output}/${source.slice(root.length).replace(/\.([cm]?)tsx?$/, '.$1js')}`;
}

function listInputs(project: Project, file: Record<string, unknown>, allowJs: boolean, output: string): string[] {
  const [included, excluded] = ['include', 'exclude'].map((key) =>
    toStrings(file[key])
      .filter((pattern) => !pattern.startsWith('*'))
      .map(toPrefix),
  );
  const isIn = (path: string, prefixes: readonly string[]): boolean => prefixes.some((prefix) => path.startsWith(prefix));
  return project.paths.filter(
    (path) =>
      (allowJs ? /\.[cm]?[jt]sx?$/ : /\.[cm]?tsx?$/).test(path) &&
      !/\.d\.[cm]?ts$/.test(path) &&
      (included!.length === 0 || isIn(path, included!)) &&
      !isIn(path, [...excluded!, output]),
  );
}

/** What paths in a folder begin with: `src/` of `./src` and of `src/**` + `/*`, nothing of `.`. */
function toPrefix(pattern: string): string {
  const folder = cleanFolder(pattern.split('*', 1)[0]!);
  return folder === '' || folder === '.' || /\.[cm]?[jt]sx?$/.test(folder) ? folder.replace(/^\.$/, '') : `${folder}/`;
}

/** With a slash at its end; empty for the folder of the settings. */
function findCommonFolder(paths: readonly string[]): string {
  const [first, ...others] = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  let common = first ?? '';
  for (const folder of others) while (!folder.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  return common;
}
