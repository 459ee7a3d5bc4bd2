import type { Facts, Remark } from '../analysis.ts';
import type { Project } from '../project.ts';
import type { DjangoProject } from './django-project.ts';
import { runInFolder } from './run-in-folder.ts';

/** Reading a variable that must be there: `os.environ["NAME"]`, and of django-environ and python-decouple `env("NAME")`, `env.db("NAME")`, `config("NAME")`. */
const needed = /\bos\.environ\[\s{0,4}['"](\w{1,60})['"]|\b(?:env(?:\.\w{1,20})?|config)\(\s{0,4}['"](\w{1,60})['"]\s{0,4}\)/;
/** Django does not run without one (https://docs.djangoproject.com/en/stable/ref/settings/#secret-key). */
const neededKey = /^SECRET_KEY\s{0,4}=\s{0,4}os\.(?:getenv|environ\.get)\(\s{0,4}['"](\w{1,60})['"]\s{0,4}\)/m;

/**
 * The command that brings the static files of a Django project together, where its settings say into which folder. Storages that name files by their
 * content answer pages with an error without it. It runs when the application is built, which has no secrets: settings that need one are left alone.
 *
 * @see https://docs.djangoproject.com/en/stable/howto/static-files/#deployment
 */
export function findDjangoCollectStatic(
  project: Project,
  { folder, settings }: DjangoProject,
): Pick<Facts, 'buildCommand'> & { readonly remark?: Remark } {
  const path = [...folder.split('/'), ...(settings?.split('.') ?? [])].filter((step) => step !== '').join('/');
  const file = [`${path}.py`, `${path}/__init__.py`].find((each) => project.has(each));
  const text = file === undefined ? undefined : project.text(file);
  if (file === undefined || text === undefined || !/^STATIC_ROOT\b/m.test(text) || !text.includes('django.contrib.staticfiles')) return {};
  const variable = (needed.exec(text) ?? neededKey.exec(text))?.slice(1).find((name) => name !== undefined);
  const missing = variable ?? (/\bimport_module\(/.test(text) ? 'modules whose names they compute' : undefined);
  if (missing === undefined)
    return {
      buildCommand: project.answer(runInFolder(folder, 'python manage.py collectstatic --noinput'), {
        rule: 'django-collectstatic',
        confidence: 'medium',
        file,
        at: /^STATIC_ROOT/m,
      }),
    };
  const remedy = variable === undefined ? 'A build_command can collect them.' : 'A build_command can give it one.';
  const message = `Static files are not collected: these settings need ${missing}, which a build does not have. ${remedy}`;
  return { remark: { about: 'build', file, message } };
}
