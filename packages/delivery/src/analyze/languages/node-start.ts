import type { Ambiguity, Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { findCompiledFile, findCompiledStart, isCompiled } from './node-compiled.ts';
import { findDelegate } from './node-delegate.ts';
import { findProductionScript, findWatchedProgram, isDevelopmentServer, isForDevelopment } from './node-development.ts';
import type { NodeFramework } from './node-frameworks.ts';
import type { NodePackageManager } from './node-package-manager.ts';
import { findMovedOutput } from './node-moved-output.ts';
import { listCommands, listScripts, resolveScript, type Scripts } from './node-scripts.ts';

const manifest = 'package.json';

export interface NodeStartInput {
  readonly project: Project;
  readonly packageFile: Record<string, unknown>;
  readonly scripts: Scripts;
  readonly manager: NodePackageManager;
  readonly framework: NodeFramework | undefined;
}

export type NodeStart = Pick<Detection, 'startCommand' | 'staticOutput' | 'isIncomplete'>;

/** What serves users, or the folder of files that a build leaves when nothing does. */
export function findNodeStart(input: NodeStartInput): NodeStart {
  const { project, scripts, framework } = input;
  const { script, command, isDevelopment } = chooseScript(input);
  const servesFiles = script !== undefined && listCommands(scripts, script).some((each) => fileServer.test(each));
  if (framework?.staticOutput && (script === undefined || isDevelopment || servesFiles || framework.isOnlyStatic))
    return { staticOutput: findMovedOutput(project, scripts, servesFiles ? command : '', framework.staticOutput) };
  if (isDevelopment) project.note(manifest, `The script "${script}" starts a server for development.`);
  if (script !== undefined && !(isDevelopment && (framework?.start ?? framework?.lack) !== undefined))
    return { startCommand: findScriptStart(input, script, command, isDevelopment) };
  return findOwnStart(input);
}

const fileServer = /(?:^|\s)(?:serve|http-server|(?:vite|astro|vitepress)\s+preview|(?:gatsby|docusaurus)\s+serve)(?:\s|$)/;

interface ChosenScript {
  readonly script?: string;
  /** What it comes to. */
  readonly command: string;
  readonly isDevelopment: boolean;
}

/** The one that starts; where that is for developers, the one that serves users by its name. */
function chooseScript({ project, scripts, framework }: Pick<NodeStartInput, 'project' | 'scripts' | 'framework'>): ChosenScript {
  // `nest start` compiles anew at each start.
  const script = (framework?.id === 'nestjs' ? ['start:prod', 'start'] : ['start', 'start:prod']).find((name) => scripts.has(name));
  if (script === undefined) return { command: '', isDevelopment: false };
  const command = resolveScript(scripts, script);
  if (!isForDevelopment(command) && !isDelegatedDevelopment(project, command)) return { script, command, isDevelopment: false };
  const other = findProductionScript(scripts);
  if (other === undefined) return { script, command, isDevelopment: true };
  return { script: other, command: resolveScript(scripts, other), isDevelopment: false };
}

function isDelegatedDevelopment(project: Project, command: string): boolean {
  const delegate = findDelegate(project, command);
  if (delegate === undefined) return false;
  return isDevelopmentServer(listScripts(project.parse(`${delegate.folder}/${manifest}`) ?? {}), delegate.script);
}

/** What a start command that is a script comes to. */
export function listStartCommands(project: Project, { value }: Answer<string>): string[] {
  return listCommands(listScripts(project.parse(manifest) ?? {}), value.split(' ').at(-1)!);
}

function findOwnStart(input: NodeStartInput): NodeStart {
  const { project, scripts, manager, framework } = input;
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

function findScriptStart(input: NodeStartInput, script: string, command: string, isDevelopment: boolean): Answer<string> {
  const { project, scripts, manager, framework } = input;
  const isBuilt = scripts.has('build') || framework?.build !== undefined;
  const compiled = isBuilt && !scripts.has(`pre${script}`) ? findCompiledStart(project, command) : undefined;
  const basis = { file: manifest, at: `"${script}"` };
  if (compiled !== undefined) return project.answer(compiled, { ...basis, rule: 'node-compiled-start', confidence: 'medium' });
  const watched = isDevelopment ? findWatchedProgram(input, command) : undefined;
  if (watched !== undefined) return project.answer(watched, { ...basis, rule: 'node-watched-program', confidence: 'medium' });
  return project.answer(`${manager.run} ${script}`, { ...basis, rule: 'node-start-script', confidence: isDevelopment ? 'low' : 'high' });
}

const entries = ['index', 'server', 'app', 'main', 'src/index', 'src/server', 'src/app', 'src/main'];

function findEntry({ project, packageFile, scripts, manager }: NodeStartInput): NodeStart {
  const program = manager.execute === 'bunx' ? 'bun' : 'node';
  const main = packageFile['main'];
  const file = typeof main === 'string' && main.length < 200 ? main.replace(/^\.\//, '') : undefined;
  if (file !== undefined && project.has(file) && /^[\w./-]+$/.test(file)) {
    if (program === 'node' && isOnlyHandler(project, file)) return tellHandler(project, file);
    // A library has this field too.
    const confidence = looksLikeServer(project, file) ? 'medium' : 'low';
    return { startCommand: project.answer(`${program} ${file}`, { rule: 'node-main', confidence, file: manifest, at: '"main"' }) };
  }
  const found = listEntries(project);
  const servers = found.filter((path) => looksLikeServer(project, path));
  const [entry, ...others] = servers.length > 0 ? servers : found;
  if (entry === undefined || others.length > 0) return {};
  const confidence = servers.length > 0 ? 'medium' : 'low';
  if (program === 'node' && isOnlyHandler(project, entry)) return tellHandler(project, entry);
  // What a browser runs has such files too.
  if (servers.length === 0 && Object.keys(findTable(packageFile, 'dependencies') ?? {}).some((name) => browserLibrary.test(name)))
    return {};
  const compiled = program === 'node' && isCompiled(scripts) ? findCompiledFile(project, entry) : undefined;
  return { startCommand: project.answer(`${program} ${compiled ?? entry}`, { rule: 'node-entry-file', confidence, file: entry }) };
}

/** What Bun, Cloudflare, Vercel and their like call, and Node does not (https://hono.dev/docs/getting-started/cloudflare-workers). */
function isOnlyHandler(project: Project, path: string): boolean {
  const text = project.text(path) ?? '';
  const isHandler = /\bnew (?:Hono|OpenAPIHono)\b/.test(text) || /^export default\s{1,9}\{\s{0,99}(?:async\s{1,9})?fetch\b/m.test(text);
  return isHandler && /^export default\b/m.test(text) && !looksLikeServer(project, path);
}

/** Beside applications it is none. */
function tellHandler(project: Project, file: string): NodeStart {
  project.note(file, 'It exports what answers requests, and nothing listens. A server such as @hono/node-server, or Bun, would call it.');
  return {};
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
