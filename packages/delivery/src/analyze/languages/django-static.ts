import type { Answer } from '../answer.ts';
import type { Project } from '../project.ts';

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
export function findDjangoCollectStatic(project: Project, settings: string | undefined): Answer<string> | undefined {
  const path = settings?.replaceAll('.', '/');
  const file = [`${path}.py`, `${path}/__init__.py`].find((each) => project.has(each));
  const text = file === undefined ? undefined : project.text(file);
  if (file === undefined || text === undefined || !/^STATIC_ROOT\b/m.test(text) || !text.includes('django.contrib.staticfiles'))
    return undefined;
  const variable = (needed.exec(text) ?? neededKey.exec(text))?.slice(1).find((name) => name !== undefined);
  if (variable === undefined)
    return project.answer('python manage.py collectstatic --noinput', {
      rule: 'django-collectstatic',
      confidence: 'medium',
      file,
      at: /^STATIC_ROOT/m,
    });
  project.note(
    file,
    `Static files are not collected: these settings need ${variable}, which a build does not have. A build_command can give it one.`,
  );
  return undefined;
}
