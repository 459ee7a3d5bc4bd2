import type { Ambiguity, Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { findCompiledFile, findCompiledStart, isCompiled } from './node-compiled.ts';
import type { NodeFramework } from './node-frameworks.ts';
import type { NodePackageManager } from './node-package-manager.ts';
import { findMovedOutput } from './node-moved-output.ts';
import { resolveScript, type Scripts } from './node-scripts.ts';

const manifest = 'package.json';

/** Scripts of these kinds start a server for the developer, which is not what serves users. */
const developmentServers = [
  /(?:^|[\s&;/])(?:vite(?!\s+(?:build|preview))|react-scripts\s+start|ng\s+serve|webpack(?:-dev-server|\s+serve)|next\s+dev|nuxt\s+dev|astro\s+dev|vue-cli-service\s+serve|remix\s+dev|parcel(?!\s+build)|gatsby\s+develop|nodemon|ts-node-dev|tsx\s+watch|nest\s+start\s+--watch|nx\s+(?:run\s+\S+:)?serve|expo\s+start)(?:\s|$)/,
  /(?:^|[\s&;/])(?:docusaurus[\s-]start|(?:vuepress|vitepress|umi|max|preact|sapper|vinxi|nitro|storybook)\s+(?:dev|watch)|hexo\s+s(?:erver)?|ember\s+s(?:erve)?|brunch\s+watch|polymer\s+serve|sanity\s+(?:start|dev))(?:\s|$)/,
  /(?:^|[\s&;/])(?:eleventy|stencil\s+build)\s[^&|;]{0,200}--(?:serve|watch)\b/,
];

export interface NodeStartInput {
  readonly project: Project;
  readonly packageFile: Record<string, unknown>;
  readonly scripts: Scripts;
  readonly manager: NodePackageManager;
  readonly framework: NodeFramework | undefined;
}

/** What serves users, or the folder of files that a build leaves when nothing does. */
export function findNodeStart(input: NodeStartInput): Pick<Detection, 'startCommand' | 'staticOutput' | 'isIncomplete'> {
  const { project, scripts, manager, framework } = input;
  // `nest start` compiles anew at each start.
  const script = (framework?.id === 'nestjs' ? ['start:prod', 'start'] : ['start', 'start:prod']).find((name) => scripts.has(name));
  const command = script === undefined ? '' : resolveScript(scripts, script);
  const isForDevelopment = developmentServers.some((expression) => expression.test(command));
  const servesFiles = /(?:^|\s)(?:serve|http-server|(?:vite|astro|vitepress)\s+preview|(?:gatsby|docusaurus)\s+serve)(?:\s|$)/.test(
    command,
  );
  if (framework?.staticOutput && (script === undefined || isForDevelopment || servesFiles || framework.isOnlyStatic))
    return { staticOutput: findMovedOutput(project, scripts, servesFiles ? command : '', framework.staticOutput) };
  if (isForDevelopment) project.note(manifest, `The script "${script}" starts a server for development.`);
  if (script !== undefined && !(isForDevelopment && (framework?.start ?? framework?.lack) !== undefined))
    return { startCommand: findScriptStart(input, script, command, isForDevelopment) };
  if (framework?.start !== undefined && project.has('nx.json')) {
    project.note('nx.json', 'The applications of an Nx workspace share one package.json. Add a script "start" for the one that is meant.');
  } else if (framework?.start !== undefined && (framework.build !== undefined || scripts.has('build'))) {
    const ownStart = framework.start.replace(/^npx(?= )/, manager.execute);
    return { startCommand: project.answer(ownStart, { rule: 'node-framework-start', confidence: 'medium', file: manifest }) };
  }
  const entry = findEntry(input);
  if (framework?.lack === undefined || entry.startCommand?.confidence === 'medium') return entry;
  project.note(manifest, framework.lack);
  return { isIncomplete: true };
}

function findScriptStart(
  { project, scripts, manager, framework }: NodeStartInput,
  script: string,
  command: string,
  isForDevelopment: boolean,
): Answer<string> {
  const isBuilt = scripts.has('build') || framework?.build !== undefined;
  const compiled = isBuilt && !scripts.has(`pre${script}`) ? findCompiledStart(project, command) : undefined;
  const basis = { file: manifest, at: `"${script}"` };
  if (compiled !== undefined) return project.answer(compiled, { ...basis, rule: 'node-compiled-start', confidence: 'medium' });
  return project.answer(`${manager.run} ${script}`, { ...basis, rule: 'node-start-script', confidence: isForDevelopment ? 'low' : 'high' });
}

const entries = ['index', 'server', 'app', 'main', 'src/index', 'src/server', 'src/app', 'src/main'];

function findEntry({ project, packageFile, scripts, manager }: NodeStartInput): Pick<Facts, 'startCommand'> {
  const program = manager.execute === 'bunx' ? 'bun' : 'node';
  const main = packageFile['main'];
  const file = typeof main === 'string' && main.length < 200 ? main.replace(/^\.\//, '') : undefined;
  if (file !== undefined && project.has(file) && /^[\w./-]+$/.test(file)) {
    // A library has this field too.
    const confidence = looksLikeServer(project, file) ? 'medium' : 'low';
    return { startCommand: project.answer(`${program} ${file}`, { rule: 'node-main', confidence, file: manifest, at: '"main"' }) };
  }
  const found = listEntries(project);
  const servers = found.filter((path) => looksLikeServer(project, path));
  const [entry, ...others] = servers.length > 0 ? servers : found;
  if (entry === undefined || others.length > 0) return {};
  const confidence = servers.length > 0 ? 'medium' : 'low';
  // What a browser runs has such files too.
  if (servers.length === 0 && Object.keys(findTable(packageFile, 'dependencies') ?? {}).some((name) => browserLibrary.test(name)))
    return {};
  const compiled = program === 'node' && isCompiled(scripts) ? findCompiledFile(project, entry) : undefined;
  return { startCommand: project.answer(`${program} ${compiled ?? entry}`, { rule: 'node-entry-file', confidence, file: entry }) };
}

const browserLibrary = /^(?:vue|react-dom|preact|svelte|solid-js|lit|jquery|backbone|@angular\/core|@polymer\/.*)$/;

/** Files of the names that programs are mostly started by. */
export function listEntries(project: Project): string[] {
  return entries
    .flatMap((name) => ['js', 'mjs', 'cjs', 'ts', 'mts'].map((ending) => `${name}.${ending}`))
    .filter((path) => project.has(path));
}

function looksLikeServer(project: Project, path: string): boolean {
  return /\.listen\(|\bBun\.serve\(|\bcreateServer\(|\bserve\(/.test(project.text(path) ?? '');
}

/** Several files that start a server are a question where nothing says which is meant. */
export function listEntryAmbiguities(
  project: Project,
  { startCommand, staticOutput }: Pick<Facts, 'startCommand' | 'staticOutput'>,
): Ambiguity[] {
  if (startCommand !== undefined || staticOutput !== undefined) return [];
  const choices = listEntries(project).filter((path) => looksLikeServer(project, path));
  if (choices.length < 2) return [];
  return [
    {
      field: 'startCommand',
      message: 'Several files start a server. A script "start" in package.json would say which.',
      choices: choices.map((file) => project.answer(`node ${file}`, { rule: 'node-entry-file', confidence: 'low', file })),
    },
  ];
}
