import { createFolderTest } from '../choose-files.ts';
import { isSecondaryFolder } from '../is-foreign-folder.ts';
import type { Project } from '../project.ts';
import { isPlainPath, runInFolder } from './run-in-folder.ts';
import type { PythonStart } from './python-start.ts';

/** A project of Django: its modules are imported from the folder of its `manage.py`, where its commands run. */
export interface DjangoProject {
  readonly manage: string;
  /** From the root; empty for the root itself. */
  readonly folder: string;
  /** The module of its settings. */
  readonly settings?: string;
}

/** More are no longer a question that one could answer. */
const maxProjects = 20;

/** Where `manage.py` stands: in the root, else in folders below. */
export function listDjangoProjects(project: Project): DjangoProject[] {
  const isSecondary = createFolderTest(isSecondaryFolder);
  const below = project.paths.filter((path) => path.endsWith('/manage.py') && isPlainPath(path) && !isSecondary(path));
  return (project.has('manage.py') ? ['manage.py'] : below.slice(0, maxProjects)).map((manage) => {
    const settings = /DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]+)['"]/.exec(project.text(manage) ?? '')?.[1];
    return { manage, folder: manage.slice(0, -'/manage.py'.length), ...(settings && { settings }) };
  });
}

/** The WSGI module of each project stands beside its settings, and so does that for ASGI, which Channels needs. */
export function listDjangoStarts(project: Project, libraries: readonly string[]): PythonStart[] {
  const projects = listDjangoProjects(project);
  if (projects.length === 0 && libraries.includes('gunicorn')) return listModules(project, '').map((file) => serve(project, '', file));
  return projects.flatMap((django) => {
    const { manage, folder } = django;
    const asgi = listAsgiStarts(project, django, libraries);
    if (asgi.length > 0) return asgi;
    return listModules(project, folder, django.settings).map((file) => {
      if (libraries.includes('gunicorn')) return serve(project, folder, file);
      const command = runInFolder(folder, 'python manage.py runserver 0.0.0.0:${PORT:-8000}');
      return {
        answer: project.answer(command, { rule: 'django-runserver', confidence: 'low', file: manage }),
        remark: { about: 'start', file, message: 'gunicorn is not among the dependencies, and Django has only a server for development.' },
      };
    });
  });
}

/** Where sockets are served too, or there is no server for WSGI (https://docs.djangoproject.com/en/stable/howto/deployment/asgi/). */
function listAsgiStarts(project: Project, { folder, settings }: DjangoProject, libraries: readonly string[]): PythonStart[] {
  const server = ['daphne', 'uvicorn'].find((name) => libraries.includes(name));
  const hasWsgi = libraries.includes('gunicorn') && listModules(project, folder, settings).length > 0;
  if (server === undefined || (hasWsgi && !libraries.includes('channels'))) return [];
  const options = server === 'daphne' ? '-b 0.0.0.0 -p ${PORT:-8000}' : '--host 0.0.0.0 --port ${PORT:-8000}';
  return listModules(project, folder, settings, 'asgi').map((file) => {
    const command = runInFolder(folder, `${server} ${options} ${toModule(folder, file)}:application`);
    return { answer: project.answer(command, { rule: `django-${server}`, confidence: 'medium', file }) };
  });
}

function toModule(folder: string, file: string): string {
  return file.slice(folder === '' ? 0 : folder.length + 1, -'.py'.length).replaceAll('/', '.');
}

function listModules(project: Project, folder: string, settings?: string, name: 'wsgi' | 'asgi' = 'wsgi'): string[] {
  const place = folder === '' ? '' : `${folder}/`;
  const byName = settings
    ?.split('.')
    .map((_, index, steps) =>
      steps
        .slice(0, steps.length - 1 - index)
        .map((step) => `${step}/`)
        .join(''),
    )
    .map((path) => `${place}${path}${name}.py`)
    .find((path) => project.has(path));
  if (byName !== undefined) return [byName];
  return project.paths.filter((path) => path.startsWith(place) && `/${path}`.endsWith(`/${name}.py`) && isPlainPath(path));
}

function serve(project: Project, folder: string, file: string): PythonStart {
  const command = runInFolder(folder, `gunicorn --bind 0.0.0.0:\${PORT:-8000} ${toModule(folder, file)}:application`);
  return { answer: project.answer(command, { rule: 'django-gunicorn', file }) };
}
