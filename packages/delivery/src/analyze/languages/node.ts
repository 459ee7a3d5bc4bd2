import type { Detection } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { findNodeBuild } from './node-build.ts';
import { findNodeFramework } from './node-frameworks.ts';
import { findNodeRelease } from './node-migrations.ts';
import { findNodePackageManager } from './node-package-manager.ts';
import { findNodePort } from './node-port.ts';
import { listScripts } from './node-scripts.ts';
import { findNodeStart, listEntryAmbiguities } from './node-start.ts';
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
  const start = findNodeStart({ project, packageFile, scripts, manager, framework });
  const version = findNodeVersion(project, findTable(packageFile, 'engines')?.['node']);
  const port = findNodePort({ project, packageFile, scripts, framework, ...start });
  return {
    language: project.answer('node', { rule: 'node-package-json', file: manifest }),
    ...(framework && { framework: framework.answer }),
    ...(version && { version }),
    packageManager,
    installCommand: manager.install,
    ...findNodeBuild({ project, scripts, libraries, manager, framework }),
    ...start,
    ...(port && { port }),
    ...findNodeRelease({ project, packageFile, scripts, libraries, manager }),
    services: [...findPrismaService(project), ...servicesOf(project, listKeys(packageFile, 'dependencies'), manifest)],
    ambiguities: [...(ambiguity ? [ambiguity] : []), ...listEntryAmbiguities(project, start)],
  };
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
