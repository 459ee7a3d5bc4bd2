import type { Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import { enterFolder, type Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { findDelegate } from './node-delegate.ts';
import { isDevelopmentServer } from './node-development.ts';
import { findNodeBuild } from './node-build.ts';
import { findNodeFramework } from './node-frameworks.ts';
import { findNodeRelease } from './node-migrations.ts';
import { findNodePackageManager } from './node-package-manager.ts';
import { findNodePort } from './node-port.ts';
import { cleanFolder } from './node-settings.ts';
import { listScripts, resolveScript } from './node-scripts.ts';
import { findNodeStart, listEntryAmbiguities, type NodeStart, type NodeStartInput } from './node-start.ts';
import { findNodeVersion } from './node-version.ts';

const manifest = 'package.json';

/** Applications for Node and Bun: what `package.json`, the lock file and the settings of the framework say. */
export function detectNode(project: Project): Detection | undefined {
  const packageFile = project.parse(manifest);
  if (packageFile === undefined) return undefined;
  const scripts = listScripts(packageFile);
  const libraries = [...listKeys(packageFile, 'dependencies'), ...listKeys(packageFile, 'devDependencies')];
  const { manager, answer: packageManager, ambiguity } = findNodePackageManager(project, packageFile);
  const framework = findNodeFramework(project, libraries);
  const input = { project, packageFile, scripts, manager, framework };
  const ofScripts = findNodeBuild({ project, scripts, libraries, manager, framework });
  const own: NodeStart = findDelegatedFiles(input) ?? findNodeStart(input);
  const netlify = Object.keys(own).length === 0 ? findNetlifyBuild(project) : {};
  const buildCommand = ofScripts.buildCommand ?? netlify.buildCommand;
  const start: NodeStart = buildCommand && netlify.staticOutput ? { staticOutput: netlify.staticOutput } : own;
  const isOnlyTools = start.startCommand === undefined && buildCommand === undefined && !hasDependencies(packageFile);
  const version = findNodeVersion(project, findTable(packageFile, 'engines')?.['node']);
  const port = findNodePort({ project, packageFile, scripts, framework, ...start });
  return {
    language: project.answer('node', { rule: 'node-package-json', file: manifest }),
    ...(framework && { framework: framework.answer }),
    ...(version && { version }),
    packageManager,
    installCommand: manager.install,
    ...(buildCommand && { buildCommand }),
    ...start,
    ...(isOnlyTools && { isOnlyTools }),
    ...(port && { port }),
    ...findNodeRelease({ project, packageFile, scripts, libraries, manager }),
    services: [...findPrismaService(project), ...servicesOf(project, listKeys(packageFile, 'dependencies'), manifest)],
    ambiguities: [...(ambiguity ? [ambiguity] : []), ...listEntryAmbiguities(project, start)],
  };
}

/** Where `start` is a server for developers in a folder below, what the build of that leaves. */
function findDelegatedFiles({ project, scripts, framework }: NodeStartInput): Pick<Facts, 'staticOutput'> | undefined {
  const delegate = findDelegate(project, resolveScript(scripts, 'start'));
  if (delegate === undefined || framework?.start !== undefined || !scripts.has('build')) return undefined;
  const folder = enterFolder(project, delegate.folder);
  if (!isDevelopmentServer(listScripts(folder.parse(manifest) ?? {}), delegate.script)) return undefined;
  const output = detectNode(folder)?.staticOutput;
  return output && { staticOutput: { ...output, value: `${delegate.folder}/${output.value}` } };
}

/** Where nothing else says what the build is and leaves (https://docs.netlify.com/configure-builds/file-based-configuration/). */
function findNetlifyBuild(project: Project): Pick<Facts, 'buildCommand' | 'staticOutput'> {
  const file = 'netlify.toml';
  const { publish, base, command } = findTable(project.parse(file), 'build') ?? {};
  if (typeof publish !== 'string' || base !== undefined || !/^[\w./-]{1,100}$/.test(publish) || publish.includes('..')) return {};
  const folder = cleanFolder(publish.replace(/^\//, ''));
  if (folder === '' || folder === '.' || folder.startsWith('.')) return {};
  const basis = { rule: 'netlify-publish', confidence: 'medium', file, at: 'publish' } as const;
  const isCommand = typeof command === 'string' && /^[^#\s].{0,500}$/.test(command);
  return {
    staticOutput: project.answer(folder, basis),
    ...(isCommand && { buildCommand: project.answer(command, { ...basis, rule: 'netlify-command', at: 'command' }) }),
  };
}

function hasDependencies(packageFile: Record<string, unknown>): boolean {
  return listKeys(packageFile, 'dependencies').length > 0;
}

function listKeys(packageFile: Record<string, unknown>, key: string): string[] {
  return Object.keys(findTable(packageFile, key) ?? {});
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
