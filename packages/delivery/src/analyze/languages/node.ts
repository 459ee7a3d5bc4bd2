import type { Ambiguity, Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { findVersion } from '../find-version.ts';
import { findNodeFramework, type NodeFramework } from './node-frameworks.ts';
import { findNodePackageManager, type NodePackageManager } from './node-package-manager.ts';

const manifest = 'package.json';

/** Applications for Node and Bun: what `package.json`, the lock file and the settings of the framework say. */
export function detectNode(project: Project): Detection | undefined {
  const packageFile = project.parse(manifest);
  if (packageFile === undefined) return undefined;
  const scripts = listScripts(packageFile);
  const libraries = listLibraries(packageFile);
  const { manager, answer: packageManager, ambiguity } = findNodePackageManager(project, packageFile);
  const framework = findNodeFramework(project, libraries);
  const start = findStart(project, packageFile, scripts, manager, framework);
  const version = findVersion(project, [
    { file: manifest, value: findTable(packageFile, 'engines')?.['node'], rule: 'node-engines', at: '"engines"' },
    { file: '.nvmrc', rule: 'node-nvmrc' },
    { file: '.node-version', rule: 'node-version-file' },
    { file: '.tool-versions', expression: /^(?:nodejs|node)\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^(?:nodejs|node)\s*=\s*"([^"]+)"/m, rule: 'mise' },
  ]);
  const port = findPort(project, scripts, framework, start);
  return {
    language: project.answer('node', { rule: 'node-package-json', file: manifest }),
    ...(framework && { framework: framework.answer }),
    ...(version && { version }),
    packageManager,
    installCommand: manager.install,
    ...findBuild(project, scripts, manager, framework),
    ...start,
    ...(port && { port }),
    ...findRelease(project, libraries, manager),
    services: [...findPrismaService(project), ...servicesOf(project, libraries, manifest)],
    ambiguities: [...(ambiguity ? [ambiguity] : []), ...listEntryAmbiguities(project, start)],
  };
}

function listScripts(packageFile: Record<string, unknown>): ReadonlyMap<string, string> {
  const entries = Object.entries(findTable(packageFile, 'scripts') ?? {});
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].trim() !== ''));
}

function listLibraries(packageFile: Record<string, unknown>): string[] {
  return ['dependencies', 'devDependencies'].flatMap((key) => Object.keys(findTable(packageFile, key) ?? {}));
}

function findBuild(
  project: Project,
  scripts: ReadonlyMap<string, string>,
  { run, execute }: NodePackageManager,
  framework: NodeFramework | undefined,
): Pick<Facts, 'buildCommand'> {
  if (scripts.has('build')) {
    return { buildCommand: project.answer(`${run} build`, { rule: 'node-build-script', file: manifest, at: '"build"' }) };
  }
  if (framework?.build === undefined) return {};
  return {
    buildCommand: project.answer(`${execute} ${framework.build}`, { rule: 'node-framework-build', confidence: 'medium', file: manifest }),
  };
}

/** Scripts of these kinds start a server for the developer, which is not what serves users. */
const developmentServers = [
  /(?:^|[\s&;/])(?:vite(?!\s+(?:build|preview))|react-scripts\s+start|ng\s+serve|webpack(?:-dev-server|\s+serve)|next\s+dev|nuxt\s+dev|astro\s+dev|vue-cli-service\s+serve|remix\s+dev|parcel|gatsby\s+develop|nodemon|ts-node-dev|tsx\s+watch|nest\s+start\s+--watch|nx\s+(?:run\s+\S+:)?serve|expo\s+start)(?:\s|$)/,
  /(?:^|[\s&;/])(?:docusaurus[\s-]start|(?:vuepress|vitepress|umi|max|preact|sapper|vinxi|nitro|storybook)\s+(?:dev|watch)|hexo\s+s(?:erver)?|ember\s+s(?:erve)?|brunch\s+watch|polymer\s+serve)(?:\s|$)/,
  /(?:^|[\s&;/])(?:eleventy|stencil\s+build)\s[^&|;]{0,200}--(?:serve|watch)\b/,
];

function findStart(
  project: Project,
  packageFile: Record<string, unknown>,
  scripts: ReadonlyMap<string, string>,
  { run, execute }: NodePackageManager,
  framework: NodeFramework | undefined,
): Pick<Facts, 'startCommand' | 'staticOutput'> {
  // `nest start` compiles anew at each start.
  const script = (framework?.id === 'nestjs' ? ['start:prod', 'start'] : ['start', 'start:prod']).find((name) => scripts.has(name));
  const command = script === undefined ? '' : resolveScript(scripts, script);
  const isForDevelopment = developmentServers.some((expression) => expression.test(command));
  const servesFiles = /(?:^|\s)(?:serve|http-server|(?:vite|astro|vitepress)\s+preview|(?:gatsby|docusaurus)\s+serve)(?:\s|$)/.test(
    command,
  );
  if (framework?.staticOutput && (script === undefined || isForDevelopment || servesFiles || framework.isOnlyStatic))
    return { staticOutput: framework.staticOutput };
  if (script !== undefined) {
    const confidence = isForDevelopment ? 'low' : 'high';
    if (isForDevelopment) project.note(manifest, `The script "${script}" starts a server for development.`);
    if (!isForDevelopment || framework?.start === undefined)
      return {
        startCommand: project.answer(`${run} ${script}`, { rule: 'node-start-script', confidence, file: manifest, at: `"${script}"` }),
      };
  }
  if (framework?.start !== undefined && project.has('nx.json')) {
    project.note('nx.json', 'The applications of an Nx workspace share one package.json. Add a script "start" for the one that is meant.');
  } else if (framework?.start !== undefined) {
    const ownStart = framework.start.replace(/^npx(?= )/, execute);
    return { startCommand: project.answer(ownStart, { rule: 'node-framework-start', confidence: 'medium', file: manifest }) };
  }
  return findEntry(project, packageFile, execute === 'bunx' ? 'bun' : 'node');
}

/** What a script runs in the end: `npm run develop` is the script of that name. */
function resolveScript(scripts: ReadonlyMap<string, string>, name: string): string {
  let command = scripts.get(name) ?? '';
  for (let hops = 0; hops < 5; hops++) {
    const next = /^(?:npm|pnpm|yarn|bun)(?:\s+run)?\s+([\w:.-]+)$/.exec(command.trim())?.[1];
    const target = next === undefined ? undefined : scripts.get(next);
    if (target === undefined) break;
    command = target;
  }
  return command;
}

const entries = ['index', 'server', 'app', 'main', 'src/index', 'src/server', 'src/app', 'src/main'];

function findEntry(project: Project, packageFile: Record<string, unknown>, program: string): Pick<Facts, 'startCommand'> {
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
  return { startCommand: project.answer(`${program} ${entry}`, { rule: 'node-entry-file', confidence, file: entry }) };
}

const browserLibrary = /^(?:vue|react-dom|preact|svelte|solid-js|lit|jquery|backbone|@angular\/core|@polymer\/.*)$/;

function listEntries(project: Project): string[] {
  return entries
    .flatMap((name) => ['js', 'mjs', 'cjs', 'ts', 'mts'].map((ending) => `${name}.${ending}`))
    .filter((path) => project.has(path));
}

function looksLikeServer(project: Project, path: string): boolean {
  return /\.listen\(|\bBun\.serve\(|\bcreateServer\(|\bserve\(/.test(project.text(path) ?? '');
}

function listEntryAmbiguities(project: Project, { startCommand, staticOutput }: Pick<Facts, 'startCommand' | 'staticOutput'>): Ambiguity[] {
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

function findPort(
  project: Project,
  scripts: ReadonlyMap<string, string>,
  framework: NodeFramework | undefined,
  { startCommand, staticOutput }: Pick<Facts, 'startCommand' | 'staticOutput'>,
): Answer<number> | undefined {
  if (staticOutput !== undefined || startCommand === undefined) return undefined;
  const script = startCommand.rule === 'node-start-script' ? scripts.get(startCommand.value.split(' ').at(-1)!) : undefined;
  const flag = /(?:\s(?:-p|--port)[ =]|\bPORT=)(\d{2,5})\b/.exec(script ?? '')?.[1];
  if (flag !== undefined) return project.answer(Number(flag), { rule: 'node-port-option', file: manifest, at: script! });
  for (const { path, text } of project.sources) {
    if (!/\.[cm]?[jt]s$/.test(path) || path.split('/').length > 3) continue;
    const match = portReads.map((expression) => expression.exec(text)).find((found) => found !== null);
    if (match) return project.answer(Number(match[1]), { rule: 'node-port-in-code', confidence: 'medium', file: path, at: match[0] });
  }
  if (framework?.port !== undefined)
    return project.answer(framework.port, {
      rule: 'node-framework-port',
      confidence: 'medium',
      file: manifest,
      at: `"${framework.library}"`,
    });
  return undefined;
}

/** `PORT || 3000`, `PORT: 3000`, `.listen(3000`, `listen({ port: 3000`. */
const portReads = [
  /\bPORT\b['"\])]{0,3}\s{0,10}(?:\|\||\?\?|,|=)\s{0,10}['"]?(\d{2,5})\b/,
  /\.listen\(\s{0,20}(?:\{[^{}]{0,200}\bport:\s{0,10}(?:[\w.]{1,60}\s{0,10}(?:\|\||\?\?)\s{0,10})?)?['"]?(\d{2,5})\b/,
  /\bport\s{0,5}[:=]\s{0,5}(?:[\w.]{1,60}\s{0,10}(?:\|\||\?\?)\s{0,10})?['"]?(\d{4,5})\b/,
];

function findRelease(project: Project, libraries: readonly string[], { execute }: NodePackageManager): Pick<Facts, 'releaseCommand'> {
  const schema = project.paths.find((path) => /(?:^|\/)prisma\/migrations\//.test(path));
  if (schema === undefined || !libraries.some((name) => name === 'prisma' || name === '@prisma/client')) return {};
  return {
    releaseCommand: project.answer(`${execute} prisma migrate deploy`, {
      rule: 'node-prisma-migrations',
      confidence: 'medium',
      file: schema,
    }),
  };
}

const serviceByProvider: Readonly<Record<string, string>> = {
  postgresql: 'postgresql',
  postgres: 'postgresql',
  mysql: 'mysql',
  mongodb: 'mongodb',
  sqlserver: 'sqlserver',
};

function findPrismaService(project: Project): Answer<string>[] {
  const file = project.paths.find((path) => path.endsWith('schema.prisma'));
  const provider = /datasource\s+\w+\s*\{[^}]{0,1000}?provider\s*=\s*"(\w+)"/.exec((file && project.text(file)) ?? '')?.[1];
  const service = provider === undefined ? undefined : serviceByProvider[provider];
  return file !== undefined && service !== undefined
    ? [project.answer(service, { rule: 'node-prisma-provider', file, at: /provider\s*=\s*"(?!prisma)/ })]
    : [];
}
