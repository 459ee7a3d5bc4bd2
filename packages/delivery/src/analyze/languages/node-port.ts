import type { Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import type { Project, SourceFile } from '../project.ts';
import { isStartedByScript } from '../find-started.ts';
import type { NodeFramework } from './node-frameworks.ts';
import { resolveScript, type Scripts } from './node-scripts.ts';
import { findSettings } from './node-settings.ts';
import { listEntries } from './node-start.ts';

const manifest = 'package.json';

export interface NodePortInput extends Pick<Facts, 'startCommand' | 'staticOutput'> {
  readonly project: Project;
  readonly packageFile: Record<string, unknown>;
  readonly scripts: Scripts;
  readonly framework: NodeFramework | undefined;
}

/**
 * Where a server listens unless `PORT` says otherwise: what its start command says, else the file that is started, else code that reads
 * `PORT`, else code that plainly listens, else what the framework does by itself.
 */
export function findNodePort(input: NodePortInput): Answer<number> | undefined {
  const { project, scripts, framework, startCommand, staticOutput } = input;
  if (staticOutput !== undefined || startCommand === undefined) return undefined;
  const script =
    startCommand.rule === 'node-start-script' && isStartedByScript(project)
      ? resolveScript(scripts, startCommand.value.split(' ').at(-1)!)
      : '';
  const flag = /(?:\s(?:-p|--port)[ =]|\bPORT=)(\d{2,5})\b/.exec(script)?.[1];
  if (flag !== undefined) return project.answer(Number(flag), { rule: 'node-port-option', file: manifest, at: script });
  return findInCode(input, script) ?? findOfFramework(project, framework);
}

function findInCode({ project, packageFile, startCommand }: NodePortInput, script: string): Answer<number> | undefined {
  const started = listStarted(project, packageFile, script === '' ? startCommand!.value : script);
  const others = project.sources.filter(({ path }) => isServerCode(path) && !started.some((entry) => entry.path === path));
  return (
    findFirst(project, started, [...environmentReads, ...plainPorts]) ??
    findFirst(project, others, environmentReads) ??
    findFirst(
      project,
      others.filter(({ path }) => serverName.test(path)),
      plainPorts,
    )
  );
}

/** What a start command names, before and after it is compiled; without such, the usual names. */
function listStarted(project: Project, packageFile: Record<string, unknown>, command: string): SourceFile[] {
  const words = command.split(/\s+/).filter((word) => /^\.{0,2}[\w./-]{1,200}$/.test(word));
  const main = typeof packageFile['main'] === 'string' ? [packageFile['main']] : [];
  const named = words.flatMap((word) => (word === '.' ? main : [word])).flatMap(listPlaces);
  const texts = new Map(project.sources.map((source) => [source.path, source]));
  const found = [...new Set(named)].flatMap((path) => texts.get(path) ?? []);
  return found.length > 0 ? found : [...main.flatMap(listPlaces), ...listEntries(project)].flatMap((path) => texts.get(path) ?? []);
}

const endings = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '/index.js', '/index.ts'];

function listPlaces(name: string): string[] {
  const path = name.replace(/^\.\//, '');
  const inner = /^(?:dist|build|built|out|lib)\/(?:src\/)?(.+)$/.exec(path)?.[1];
  const stems = [path, ...(inner === undefined ? [] : [`src/${inner}`, inner])];
  return stems.flatMap((stem) => [...endings.map((ending) => `${stem}${ending}`), stem.replace(/\.([cm]?)js$/, '.$1ts')]);
}

/** Settings of an application, and no tool's: `src/config/app.config.ts`. */
const ownSettings = /(?:^|\/)(?:app|application|server|http|api|env|environment|main|default)\.config\.[cm]?[jt]s$/;
const serverName = /(?:^|\/)(?:server|app|main|index|www|http|config|default|settings|env|constants)(?:\.[cm]?[jt]s)?$/;

function isServerCode(path: string): boolean {
  if (path.split('/').length > 3 || /(?:^|\/)(?:scripts|tools|extra|tasks|playwright)\//.test(path)) return false;
  return /\.[cm]?[jt]s$/.test(path) && (!/\.config\.[cm]?[jt]s$/.test(path) || ownSettings.test(path));
}

function findFirst(project: Project, files: readonly SourceFile[], expressions: readonly RegExp[]): Answer<number> | undefined {
  for (const { path, text } of files) {
    if (!/port|listen/i.test(text)) continue;
    const code = text.replace(/^[ \t]*(?:\/\/|\*).*/gm, '');
    for (const expression of expressions) {
      const match = [...code.matchAll(expression)].find(([, port]) => Number(port) < 65_536 && !portsOfOthers.has(Number(port)));
      if (match) return project.answer(Number(match[1]), { rule: 'node-port-in-code', confidence: 'medium', file: path, at: match[0] });
    }
  }
  return undefined;
}

/** Of databases, queues and servers of mail. */
const portsOfOthers = new Set([25, 465, 587, 1025, 1433, 2525, 3306, 5432, 5672, 6379, 9092, 9200, 11211, 27017]);

const number = `['"]?(\\d{2,5})\\b`;
const operand = `[\\w.$[\\]'"]{1,80}`;
const parsed = `(?:\\s{0,5},\\s{0,5}10)?\\s{0,5}\\)?`;
const or = `\\s{0,20}(?:\\|\\||\\?\\?)\\s{0,20}`;

/** How code reads `PORT`, and what it takes without it. */
const environmentReads = [
  // `PORT || OTHER || 3000`, `parseInt(env['PORT'], 10) || 3000`
  new RegExp(`\\bPORT\\b['"\\]]{0,2}${parsed}(?:${or}${operand}${parsed}){0,3}?${or}${number}(?!${or})`, 'g'),
  // `PORT ? Number(PORT) : 3000`
  new RegExp(`\\bPORT\\b['"\\]]{0,2}${parsed}\\s{0,20}\\?[^?:;{}]{1,100}:\\s{0,20}${number}`, 'g'),
  // `get('PORT', 3000)`, `[env.PORT, 3000]`
  new RegExp(`['"]PORT['"]\\s{0,5},\\s{0,5}${number}`, 'g'),
  new RegExp(`\\.PORT\\s{0,5},\\s{0,5}${number}\\s{0,5}\\]`, 'g'),
  // `PORT = 3000`, `PORT: 3000`
  new RegExp(`\\bPORT['"]?\\s{0,5}[=:]\\s{0,5}${number}`, 'g'),
  // `PORT: z.coerce.number().default(3000)`, `PORT: { type: 'number', default: 3000 }`, `PORT: port({ default: 3000 })`
  new RegExp(`\\bPORT\\b['"]?\\s{0,5}:[^;,{}]{0,120}\\bdefault\\(\\s{0,5}${number}`, 'g'),
  new RegExp(`\\bPORT\\b['"]?\\s{0,5}:[^;,{}]{0,40}\\{[^{}]{0,160}\\bdefault:\\s{0,5}${number}`, 'g'),
];

/** `.listen(3000`, `listen({ port: 3000`, `port = 3000`. */
const plainPorts = [
  /\.listen\(\s{0,20}(?:\{[^{}]{0,200}\bport:\s{0,10}(?:[\w.]{1,60}\s{0,10}(?:\|\||\?\?)\s{0,10})?)?['"]?(\d{2,5})\b/g,
  /\bport\s{0,5}[:=]\s{0,5}(?:[\w.]{1,60}\s{0,10}(?:\|\||\?\?)\s{0,10})?['"]?(\d{4,5})\b/g,
];

function findOfFramework(project: Project, framework: NodeFramework | undefined): Answer<number> | undefined {
  if (framework?.port === undefined) return undefined;
  const settings = framework.id === 'astro' ? findSettings(project, 'astro') : undefined;
  const set = settings && findFirst(project, [{ path: settings.file, text: settings.text }], [...environmentReads, astroPort]);
  const basis = { rule: 'node-framework-port', confidence: 'medium', file: manifest, at: `"${framework.library}"` } as const;
  return set ?? project.answer(framework.port, basis);
}

/** It is part of what Astro builds (https://docs.astro.build/en/reference/configuration-reference/#serverport). */
const astroPort = /\bserver\s{0,9}:\s{0,9}\{[^{}]{0,200}\bport\s{0,9}:\s{0,9}(\d{2,5})\b/g;
