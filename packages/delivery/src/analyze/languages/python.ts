import type { Detection, Facts } from '../analysis.ts';
import { findVersion } from '../find-version.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { listDjangoProjects } from './django-project.ts';
import { findDjangoCollectStatic } from './django-static.ts';
import { findPythonFramework } from './python-frameworks.ts';
import { listPythonLibraries } from './python-libraries.ts';
import { findPythonPackageManager } from './python-package-manager.ts';
import { findPythonRelease } from './python-release.ts';
import { findRequirements } from './python-requirements.ts';
import { findPythonStart } from './python-start.ts';

const entries = ['main.py', 'app.py', 'start.py', 'bot.py', 'hello.py', 'server.py', 'run.py', 'wsgi.py', 'asgi.py'];

/** Applications in Python: its manifests, lock files, and where the code makes the application. */
export function detectPython(project: Project): Detection | undefined {
  const file = findManifest(project) ?? entries.find((path) => project.has(path));
  if (file === undefined) return undefined;
  const libraries = listPythonLibraries(project);
  const names = libraries.map(({ name }) => name);
  const framework = findPythonFramework(project, libraries);
  const manager = findPythonPackageManager(project);
  const start = findPythonStart(project, framework?.id, names);
  const version = findPythonVersion(project);
  const port = start.startCommand && framework?.port;
  const [django, ...otherDjangos] = framework?.id === 'django' ? listDjangoProjects(project) : [];
  const { buildCommand, remark } = django && otherDjangos.length === 0 ? findDjangoCollectStatic(project, django) : {};
  const releaseCommand = findPythonRelease(project, names, otherDjangos.length === 0 ? django : undefined, start.object);
  return {
    language: project.answer('python', {
      rule: entries.includes(file) ? 'python-entry-file' : 'python-manifest',
      confidence: entries.includes(file) ? 'medium' : 'high',
      file,
    }),
    ...(framework && { framework: framework.answer }),
    ...(version && { version }),
    ...(manager && { packageManager: manager.answer, installCommand: manager.install }),
    ...start.facts,
    ...(port !== undefined && {
      port: project.answer(port, {
        rule: 'python-framework-port',
        confidence: 'medium',
        file: framework!.answer.file!,
        at: framework!.library,
      }),
    }),
    ...(buildCommand && { buildCommand }),
    ...(framework === undefined && start.startCommand === undefined && describeMkDocs(project, names)),
    ...(releaseCommand && { releaseCommand }),
    services: [...Map.groupBy(libraries, ({ file: place }) => place)].flatMap(([place, group]) =>
      servicesOf(
        project,
        group.map(({ name }) => name),
        place,
      ),
    ),
    remarks: [...start.remarks, ...(remark ? [remark] : [])],
    ambiguities: [...(manager?.ambiguity ? [manager.ambiguity] : []), ...(start.ambiguity ? [start.ambiguity] : [])],
  };
}

/** The top of a workspace that is no member itself only names the others (https://docs.astral.sh/uv/concepts/projects/workspaces/). */
function findManifest(project: Project): string | undefined {
  const pyproject = project.parse('pyproject.toml');
  const isOnlyWorkspace = findTable(pyproject, 'tool', 'uv', 'workspace') !== undefined && findTable(pyproject, 'project') === undefined;
  const others = [findRequirements(project), 'Pipfile', 'setup.py', 'manage.py'].find((path) => path !== undefined && project.has(path));
  return project.has('pyproject.toml') && !isOnlyWorkspace ? 'pyproject.toml' : others;
}

/** Pages that MkDocs makes (https://www.mkdocs.org/user-guide/configuration/#site_dir). */
function describeMkDocs(project: Project, names: readonly string[]): Facts {
  const file = 'mkdocs.yml';
  if (!project.has(file) || !names.some((name) => /^mkdocs(?:-material)?$/.test(name))) return {};
  const folder = /^site_dir:\s*['"]?(?:\.\/)?([\w./-]+?)\/?['"]?\s*$/m.exec(project.text(file) ?? '')?.[1] ?? 'site';
  return {
    framework: project.answer('mkdocs', { rule: 'python-mkdocs', file }),
    buildCommand: project.answer('mkdocs build', { rule: 'python-mkdocs', file }),
    staticOutput: project.answer(folder, { rule: 'python-mkdocs', file }),
  };
}

function findPythonVersion(project: Project): Facts['version'] {
  const pyproject = project.parse('pyproject.toml');
  const requires = findTable(project.parse('Pipfile'), 'requires');
  return findVersion(project, [
    { file: '.python-version', rule: 'python-version-file' },
    { file: '.tool-versions', expression: /^python\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^python\s*=\s*"([^"]+)"/m, rule: 'mise' },
    { file: 'runtime.txt', expression: /^\s*python-([\w.]+)/, rule: 'python-runtime-file' },
    {
      file: 'Pipfile',
      value: requires?.['python_full_version'] ?? requires?.['python_version'],
      rule: 'pipfile-requires',
      at: '[requires]',
    },
    { file: 'pyproject.toml', value: findTable(pyproject, 'project')?.['requires-python'], rule: 'python-requires', at: 'requires-python' },
    {
      file: 'pyproject.toml',
      value: findTable(pyproject, 'tool', 'poetry', 'dependencies')?.['python'],
      rule: 'poetry-python',
      at: '[tool.poetry.dependencies]',
    },
  ]);
}
