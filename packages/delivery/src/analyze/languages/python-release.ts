import type { Answer } from '../answer.ts';
import { findDockerfile } from '../find-dockerfile.ts';
import type { Project } from '../project.ts';
import type { DjangoProject } from './django-project.ts';
import type { MadeObject } from './python-objects.ts';
import { isSourceFolder, runInFolder, runWithModules } from './run-in-folder.ts';

/** Migrations of Django; those of Alembic, also in Flask, where there are any. */
export function findPythonRelease(
  project: Project,
  libraries: readonly string[],
  django: DjangoProject | undefined,
  object: MadeObject | undefined,
): Answer<string> | undefined {
  // An image of their own may have the folders elsewhere.
  if (django !== undefined && django.folder !== '' && findDockerfile(project) !== undefined) return undefined;
  if (django !== undefined)
    return project.answer(runInFolder(django.folder, 'python manage.py migrate --noinput'), {
      rule: 'django-migrate',
      confidence: 'medium',
      file: django.manage,
    });
  return findAlembic(project, libraries) ?? (object && findFlaskMigrate(project, libraries, object));
}

/** https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file */
function findAlembic(project: Project, libraries: readonly string[]): Answer<string> | undefined {
  const file = 'alembic.ini';
  const location = /^script_location[ \t]*=[ \t]*(\S{1,200})[ \t]*$/m.exec(project.text(file) ?? '')?.[1];
  const folder = location
    ?.replace(/^(?:%\(here\)s\/|\.\/)/, '')
    .replaceAll(':', '/')
    .replace(/\/$/, '');
  if (folder === undefined || !libraries.includes('alembic') || findVersion(project, folder) === undefined) return undefined;
  return project.answer('alembic upgrade head', { rule: 'alembic-migrations', confidence: 'medium', file, at: /^script_location/m });
}

/** https://flask-migrate.readthedocs.io/en/latest/#example */
function findFlaskMigrate(project: Project, libraries: readonly string[], { folder, target }: MadeObject): Answer<string> | undefined {
  const version = findVersion(project, folder === '' || isSourceFolder(folder) ? 'migrations' : `${folder}/migrations`);
  if (version === undefined || !libraries.includes('flask-migrate')) return undefined;
  return project.answer(runWithModules(folder, `flask --app ${target} db upgrade`), {
    rule: 'flask-migrations',
    confidence: 'medium',
    file: version,
  });
}

function findVersion({ paths }: Project, folder: string): string | undefined {
  return paths.find((path) => path.startsWith(`${folder}/versions/`) && path.endsWith('.py') && !path.endsWith('/__init__.py'));
}
