import type { Ambiguity, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import { countLines, type Project } from '../project.ts';

interface Start {
  readonly startCommand?: Answer<string>;
  readonly facts: Pick<Facts, 'startCommand'>;
  readonly ambiguity?: Ambiguity;
}

/** How a Python application is started: its framework's server on the object that the code makes, else its entry file. */
export function findPythonStart(project: Project, framework: string | undefined, libraries: readonly string[]): Start {
  const found = listStarts(project, framework, libraries);
  const [startCommand, ...others] = found;
  if (startCommand === undefined) return { facts: {} };
  if (others.length === 0) return { startCommand, facts: { startCommand } };
  return {
    facts: {},
    ambiguity: {
      field: 'startCommand',
      message: 'Several files make an application. A Procfile with a line "web: …" would say which is started.',
      choices: found,
    },
  };
}

function listStarts(project: Project, framework: string | undefined, libraries: readonly string[]): Answer<string>[] {
  if (framework === 'django') return listDjangoStarts(project, libraries);
  if (framework === 'streamlit') return listStreamlitStarts(project);
  const maker = framework === undefined ? undefined : makers[framework];
  const made = maker === undefined ? [] : preferTop(listObjects(project, maker));
  if (made.length > 0) return made.map((object) => serveObject(project, object, framework!, libraries));
  return listEntryStarts(project);
}

/** The module of a Django project's settings, which its `manage.py` names. */
export function findDjangoSettings(project: Project): string | undefined {
  return /DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]+)['"]/.exec(project.text('manage.py') ?? '')?.[1];
}

/** A Django project's WSGI module stands beside its settings, which `manage.py` names. */
function listDjangoStarts(project: Project, libraries: readonly string[]): Answer<string>[] {
  const byName = findDjangoSettings(project)
    ?.split('.')
    .flatMap((_, index, steps) => `${steps.slice(0, steps.length - 1 - index).join('/')}/wsgi.py`);
  const all = project.paths.filter((path) => /(?:^|\/)wsgi\.py$/.test(path));
  const preferred = byName?.find((path) => project.has(path));
  return (preferred === undefined ? all : [preferred]).map((file) => {
    const module = file.replace(/\.py$/, '').replaceAll('/', '.');
    if (libraries.includes('gunicorn')) {
      return project.answer(`gunicorn --bind 0.0.0.0:\${PORT:-8000} ${module}:application`, { rule: 'django-gunicorn', file });
    }
    project.note(file, 'gunicorn is not among the dependencies, and Django has only a server for development.');
    return project.answer('python manage.py runserver 0.0.0.0:${PORT:-8000}', { rule: 'django-runserver', confidence: 'low', file });
  });
}

function listStreamlitStarts(project: Project): Answer<string>[] {
  const names = ['streamlit_app.py', 'app.py', 'main.py', 'Home.py', 'src/app.py', 'src/main.py', 'src/streamlit_app.py'];
  const all = project.sources
    .filter(({ path, text }) => path.endsWith('.py') && /^(?:import|from) streamlit\b/m.test(text))
    .map(({ path }) => path);
  const file = names.find((path) => all.includes(path));
  return (file === undefined ? all.filter((path) => !path.includes('pages/')) : [file]).map((path) =>
    project.answer(`streamlit run ${path} --server.address 0.0.0.0 --server.port \${PORT:-8501}`, {
      rule: 'streamlit-run',
      confidence: 'medium',
      file: path,
    }),
  );
}

/** What makes the application in code, and what serves it: `wsgi` is gunicorn's, `asgi` uvicorn's. */
interface Maker {
  readonly call: string;
  readonly kind: 'wsgi' | 'asgi' | 'own';
}

const makers: Readonly<Record<string, Maker>> = {
  fastapi: { call: 'FastAPI', kind: 'asgi' },
  starlette: { call: 'Starlette', kind: 'asgi' },
  litestar: { call: 'Litestar', kind: 'asgi' },
  quart: { call: 'Quart', kind: 'asgi' },
  sanic: { call: 'Sanic', kind: 'asgi' },
  fasthtml: { call: '(?:fast_app|FastHTML)', kind: 'asgi' },
  flask: { call: 'Flask', kind: 'wsgi' },
};

interface MadeObject {
  readonly file: string;
  readonly line: number;
  /** `main:app`, or `main:create_app()` for a function that makes it. */
  readonly target: string;
  readonly isFactory: boolean;
  readonly kind: Maker['kind'];
}

function listObjects(project: Project, { call, kind }: Maker): MadeObject[] {
  const assigned = new RegExp(
    `^([A-Za-z_]\\w{0,60})(?:\\s{0,4}:\\s{0,4}[\\w.]{1,40})?(?:\\s{0,4},\\s{0,4}\\w{1,40})?\\s{0,4}=\\s{0,4}(?:\\w{1,40}\\.)?${call}\\(`,
    'm',
  );
  const viaFactory = /^(\w{1,60})\s{0,4}=\s{0,4}(?:create|make|get|build)_app\(/m;
  const factory = new RegExp(`^def ((?:create|make|get|build)_app)\\([^]{0,4000}?\\b${call}\\(`, 'm');
  return project.sources.flatMap(({ path, text }) => {
    if (!path.endsWith('.py')) return [];
    const match = assigned.exec(text) ?? viaFactory.exec(text) ?? factory.exec(text);
    if (match === null) return [];
    const isFactory = match[0].startsWith('def ');
    const module = path
      .replace(/\.py$/, '')
      .replace(/\/__init__$/, '')
      .replaceAll('/', '.');
    return [{ file: path, line: countLines(text, match.index), target: `${module}:${match[1]!}`, isFactory, kind }];
  });
}

/** An object counts before a function that makes one, the top of the project before its folders, and `main` and `app` before other names. */
function preferTop(objects: readonly MadeObject[]): readonly MadeObject[] {
  const ranks = [
    objects.filter(({ file, isFactory }) => !isFactory && /^(?:main|app|server|wsgi|asgi|application|run)\.py$/.test(file)),
    objects.filter(({ file, isFactory }) => !isFactory && !file.includes('/')),
    objects.filter(({ file, isFactory }) => !isFactory && /^(?:src|app|backend|api|server)\/(?:main|app|server|__init__)\.py$/.test(file)),
    objects.filter(({ isFactory }) => !isFactory),
    objects,
  ];
  return ranks.find((rank) => rank.length > 0) ?? [];
}

function serveObject(project: Project, object: MadeObject, framework: string, libraries: readonly string[]): Answer<string> {
  const { file, line, target, isFactory, kind } = object;
  const has = (name: string): boolean => libraries.includes(name);
  if (kind === 'asgi') {
    const brings = has('uvicorn') || framework === 'fasthtml' || framework === 'fastapi';
    const command = `uvicorn ${target}${isFactory ? ' --factory' : ''} --host 0.0.0.0 --port \${PORT:-8000}`;
    if (!brings) project.note(file, 'uvicorn is not among the dependencies.');
    return { ...project.answer(command, { rule: `${framework}-uvicorn`, confidence: brings ? 'medium' : 'low', file }), line };
  }
  if (has('gunicorn')) {
    const called = isFactory ? `'${target}()'` : target;
    return {
      ...project.answer(`gunicorn --bind 0.0.0.0:\${PORT:-8000} ${called}`, { rule: `${framework}-gunicorn`, confidence: 'medium', file }),
      line,
    };
  }
  project.note(file, 'gunicorn is not among the dependencies, and Flask has only a server for development.');
  const command = `flask --app ${target} run --host 0.0.0.0 --port \${PORT:-8000}`;
  return { ...project.answer(command, { rule: `${framework}-run`, confidence: 'low', file }), line };
}

function listEntryStarts(project: Project): Answer<string>[] {
  const entries = ['main.py', 'app.py', 'start.py', 'bot.py', 'hello.py', 'server.py', 'run.py', 'src/main.py', 'src/app.py'];
  const entry = entries.find((path) => project.has(path));
  if (entry !== undefined) return [project.answer(`python ${entry}`, { rule: 'python-entry-file', confidence: 'medium', file: entry })];
  // What a project installs as its only program is what it is for.
  const scripts = Object.keys(findTable(project.parse('pyproject.toml'), 'project', 'scripts') ?? {}).filter((name) =>
    /^[\w.-]{1,60}$/.test(name),
  );
  return scripts.length === 1
    ? [project.answer(scripts[0]!, { rule: 'python-project-script', confidence: 'low', file: 'pyproject.toml', at: '[project.scripts]' })]
    : [];
}
