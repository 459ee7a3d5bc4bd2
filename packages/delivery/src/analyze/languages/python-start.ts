import type { Ambiguity, Facts, Remark } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { listDjangoStarts } from './django-project.ts';
import { listApplicationObjects, type MadeObject } from './python-objects.ts';
import { isPlainPath, runWithModules } from './run-in-folder.ts';

/** One way to start an application, and what is to be said where it is taken. */
export interface PythonStart {
  readonly answer: Answer<string>;
  readonly remark?: Remark;
  /** What is served. */
  readonly object?: MadeObject;
}

interface Start {
  readonly startCommand?: Answer<string>;
  readonly facts: Pick<Facts, 'startCommand'>;
  readonly remarks: readonly Remark[];
  readonly ambiguity?: Ambiguity;
  readonly object?: MadeObject;
}

/** How a Python application is started: its framework's server on the object that the code makes, else its entry file. */
export function findPythonStart(project: Project, framework: string | undefined, libraries: readonly string[]): Start {
  const found = listStarts(project, framework, libraries);
  const remarks = found.flatMap(({ remark }) => remark ?? []);
  const [first, ...others] = found;
  if (first === undefined) return { facts: {}, remarks };
  const { answer: startCommand, object } = first;
  if (others.length === 0) return { startCommand, facts: { startCommand }, remarks, ...(object && { object }) };
  return {
    facts: {},
    remarks,
    ambiguity: {
      field: 'startCommand',
      message: 'Several files make an application. A Procfile with a line "web: …" would say which is started.',
      choices: found.map(({ answer }) => answer),
    },
  };
}

function listStarts(project: Project, framework: string | undefined, libraries: readonly string[]): PythonStart[] {
  if (framework === 'django') return listDjangoStarts(project, libraries);
  if (framework === 'streamlit') return listStreamlitStarts(project).map((answer) => ({ answer }));
  if (framework === 'chainlit') return listChainlitStarts(project).map((answer) => ({ answer }));
  if (framework === 'dash') return listDashStarts(project, libraries).map((answer) => ({ answer }));
  const objects = listApplicationObjects(project, framework, libraries);
  if (objects.length > 0) return objects.map((object) => ({ ...serveObject(project, object, framework!, libraries), object }));
  return listEntryStarts(project, framework === 'gradio' ? gradioPlace : '').map((answer) => ({ answer }));
}

/** Where Gradio listens unless the program says otherwise (https://www.gradio.app/guides/environment-variables). */
const gradioPlace = 'GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=${PORT:-7860} ';

function listStreamlitStarts(project: Project): Answer<string>[] {
  const names = ['streamlit_app.py', 'app.py', 'main.py', 'Home.py', 'src/app.py', 'src/main.py', 'src/streamlit_app.py'];
  return preferNamed(names, listFiles(project, /^(?:import|from) streamlit\b/m)).map((path) =>
    project.answer(`streamlit run ${path} --server.address 0.0.0.0 --server.port \${PORT:-8501}`, {
      rule: 'streamlit-run',
      confidence: 'medium',
      file: path,
    }),
  );
}

/** Its own program runs a file whose functions are marked for it (https://docs.chainlit.io/backend/command-line). */
function listChainlitStarts(project: Project): Answer<string>[] {
  const names = ['app.py', 'main.py', 'chainlit_app.py', 'demo.py', 'src/app.py', 'src/main.py'];
  return preferNamed(names, listFiles(project, /^@(?:cl|chainlit)\.on_/m).filter(isPlainPath)).map((path) =>
    project.answer(`chainlit run ${path} --headless --host 0.0.0.0 --port \${PORT:-8000}`, {
      rule: 'chainlit-run',
      confidence: 'medium',
      file: path,
    }),
  );
}

/** gunicorn serves what is under it, where that has a name; its own server listens where HOST says (https://dash.plotly.com/deployment). */
function listDashStarts(project: Project, libraries: readonly string[]): Answer<string>[] {
  const at = /^(\w{1,60})\s{0,4}=\s{0,4}\w{1,60}\.server\b/m;
  const names = ['app.py', 'main.py', 'index.py', 'server.py', 'src/app.py', 'src/main.py'];
  if (libraries.includes('gunicorn')) {
    const served = preferNamed(names, listFiles(project, at).filter(isPlainPath)).map((path) => {
      const target = `${path.slice(0, -'.py'.length).replaceAll('/', '.')}:${at.exec(project.text(path) ?? '')?.[1] ?? 'server'}`;
      const command = `gunicorn --bind 0.0.0.0:\${PORT:-8050} ${target}`;
      return project.answer(command, { rule: 'dash-gunicorn', confidence: 'medium', file: path, at });
    });
    if (served.length > 0) return served;
  }
  return listEntryStarts(project, 'HOST=0.0.0.0 ');
}

function listFiles(project: Project, content: RegExp): string[] {
  return project.sources.filter(({ path, text }) => path.endsWith('.py') && content.test(text)).map(({ path }) => path);
}

function preferNamed(names: readonly string[], all: readonly string[]): readonly string[] {
  const file = names.find((path) => all.includes(path));
  return file === undefined ? all.filter((path) => !path.includes('pages/')) : [file];
}

function serveObject(project: Project, object: MadeObject, framework: string, libraries: readonly string[]): PythonStart {
  const { file, line, folder, target, isFactory, kind } = object;
  const has = (name: string): boolean => libraries.includes(name);
  if (kind === 'asgi') {
    const other = has('uvicorn') ? undefined : findAsgiServer(object, framework, libraries);
    if (other !== undefined) {
      const command = runWithModules(folder, other.command);
      return { answer: { ...project.answer(command, { rule: `${framework}-${other.name}`, confidence: 'medium', file }), line } };
    }
    const brings = has('uvicorn') || framework === 'fasthtml' || framework === 'fastapi';
    const command = runWithModules(folder, `uvicorn ${target}${isFactory ? ' --factory' : ''} --host 0.0.0.0 --port \${PORT:-8000}`);
    return {
      answer: { ...project.answer(command, { rule: `${framework}-uvicorn`, confidence: brings ? 'medium' : 'low', file }), line },
      ...(!brings && { remark: { about: 'start', file, message: 'uvicorn is not among the dependencies.' } }),
    };
  }
  if (has('gunicorn')) {
    const command = runWithModules(folder, `gunicorn --bind 0.0.0.0:\${PORT:-8000} ${isFactory ? `'${target}()'` : target}`);
    return { answer: { ...project.answer(command, { rule: `${framework}-gunicorn`, confidence: 'medium', file }), line } };
  }
  const command = runWithModules(folder, `flask --app ${target} run --host 0.0.0.0 --port \${PORT:-8000}`);
  return {
    answer: { ...project.answer(command, { rule: `${framework}-run`, confidence: 'low', file }), line },
    remark: { about: 'start', file, message: 'gunicorn is not among the dependencies, and Flask has only a server for development.' },
  };
}

/** A server for ASGI other than uvicorn that is among the dependencies. Quart brings Hypercorn. */
function findAsgiServer(
  { target, isFactory }: MadeObject,
  framework: string,
  libraries: readonly string[],
): { readonly name: string; readonly command: string } | undefined {
  if (libraries.includes('hypercorn') || framework === 'quart')
    return { name: 'hypercorn', command: `hypercorn ${isFactory ? `'${target}()'` : target} --bind 0.0.0.0:\${PORT:-8000}` };
  if (libraries.includes('granian'))
    return {
      name: 'granian',
      command: `granian --interface asgi ${isFactory ? '--factory ' : ''}--host 0.0.0.0 --port \${PORT:-8000} ${target}`,
    };
  if (libraries.includes('daphne') && !isFactory) return { name: 'daphne', command: `daphne -b 0.0.0.0 -p \${PORT:-8000} ${target}` };
  return undefined;
}

function listEntryStarts(project: Project, place: string): Answer<string>[] {
  const entries = ['main.py', 'app.py', 'start.py', 'bot.py', 'hello.py', 'server.py', 'run.py', 'src/main.py', 'src/app.py'];
  const entry = entries.find((path) => project.has(path));
  if (entry !== undefined)
    return [project.answer(`${place}python ${entry}`, { rule: 'python-entry-file', confidence: 'medium', file: entry })];
  // What a project installs as its only program is what it is for.
  const scripts = Object.keys(findTable(project.parse('pyproject.toml'), 'project', 'scripts') ?? {}).filter((name) =>
    /^[\w.-]{1,60}$/.test(name),
  );
  return scripts.length === 1
    ? [project.answer(scripts[0]!, { rule: 'python-project-script', confidence: 'low', file: 'pyproject.toml', at: '[project.scripts]' })]
    : [];
}
