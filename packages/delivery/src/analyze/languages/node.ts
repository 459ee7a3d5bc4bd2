import type { Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { findVersion } from '../find-version.ts';
import { findNodeFramework, type NodeFramework } from './node-frameworks.ts';
import { findNodePackageManager, type NodePackageManager } from './node-package-manager.ts';
import { findNodePort } from './node-port.ts';
import { listScripts, type Scripts } from './node-scripts.ts';
import { findNodeStart, listEntryAmbiguities } from './node-start.ts';

const manifest = 'package.json';

/** Applications for Node and Bun: what `package.json`, the lock file and the settings of the framework say. */
export function detectNode(project: Project): Detection | undefined {
  const packageFile = project.parse(manifest);
  if (packageFile === undefined) return undefined;
  const scripts = listScripts(packageFile);
  const libraries = listLibraries(packageFile);
  const { manager, answer: packageManager, ambiguity } = findNodePackageManager(project, packageFile);
  const framework = findNodeFramework(project, libraries);
  const start = findNodeStart({ project, packageFile, scripts, manager, framework });
  const version = findVersion(project, [
    { file: manifest, value: findTable(packageFile, 'engines')?.['node'], rule: 'node-engines', at: '"engines"' },
    { file: '.nvmrc', rule: 'node-nvmrc' },
    { file: '.node-version', rule: 'node-version-file' },
    { file: '.tool-versions', expression: /^(?:nodejs|node)\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^(?:nodejs|node)\s*=\s*"([^"]+)"/m, rule: 'mise' },
  ]);
  const port = findNodePort({ project, packageFile, scripts, framework, ...start });
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

function listLibraries(packageFile: Record<string, unknown>): string[] {
  return ['dependencies', 'devDependencies'].flatMap((key) => Object.keys(findTable(packageFile, key) ?? {}));
}

function findBuild(
  project: Project,
  scripts: Scripts,
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
