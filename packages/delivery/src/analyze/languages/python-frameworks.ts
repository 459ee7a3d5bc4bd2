import type { Answer } from '../answer.ts';
import type { Project } from '../project.ts';
import type { PythonLibrary } from './python-libraries.ts';

export interface PythonFramework {
  readonly id: string;
  readonly library: string;
  readonly answer: Answer<string>;
  readonly port: number;
}

/** Those that are made of others come first: FastHTML and FastAPI are Starlette, Quart resembles Flask. */
const frameworks: readonly (readonly [id: string, library: string, port: number])[] = [
  ['django', 'django', 8000],
  ['fasthtml', 'python-fasthtml', 8000],
  ['fastapi', 'fastapi', 8000],
  ['litestar', 'litestar', 8000],
  ['streamlit', 'streamlit', 8501],
  ['chainlit', 'chainlit', 8000],
  ['dash', 'dash', 8050],
  ['gradio', 'gradio', 7860],
  ['sanic', 'sanic', 8000],
  ['quart', 'quart', 8000],
  ['flask', 'flask', 8000],
  ['starlette', 'starlette', 8000],
  ['tornado', 'tornado', 8888],
  ['aiohttp', 'aiohttp', 8080],
];

/**
 * The web framework among the dependencies. Lists that `pip freeze` writes hold those that others bring too (Gradio comes with FastAPI): the one
 * counts that the program imports. Without any dependencies, it is what the code imports.
 */
export function findPythonFramework(project: Project, libraries: readonly PythonLibrary[]): PythonFramework | undefined {
  const known = frameworks.flatMap(([id, library, port]): PythonFramework[] => {
    const found = libraries.find(({ name }) => name === library);
    if (!found || (id === 'aiohttp' && !project.sources.some(({ text }) => text.includes('from aiohttp import web')))) return [];
    const at = new RegExp(library.replaceAll('-', '[-_.]'), 'i');
    return [{ id, library, port, answer: project.answer(id, { rule: 'python-framework-library', file: found.file, at }) }];
  });
  // Programs in FastAPI import of Starlette what it does not bring itself.
  const made = known.filter(({ id }) => id !== 'starlette');
  if (known.length > 1) return chooseImported(project, made) ?? chooseImported(project, known) ?? known[0];
  if (known.length > 0 || libraries.length > 0) return known[0];
  for (const [id, library, port] of frameworks) {
    const at = importOf(id);
    const source = project.sources.find(({ path, text }) => path.endsWith('.py') && at.test(text));
    if (source)
      return {
        id,
        library,
        port,
        answer: project.answer(id, { rule: 'python-framework-import', confidence: 'medium', file: source.path, at }),
      };
  }
  return undefined;
}

/** `manage.py` is Django's. */
const entries = ['manage.py', 'main.py', 'app.py', 'streamlit_app.py', 'server.py', 'run.py', 'wsgi.py', 'asgi.py', 'start.py'];

function chooseImported(project: Project, known: readonly PythonFramework[]): PythonFramework | undefined {
  const imports = known.map((framework) => ({ framework, expression: importOf(framework.id) }));
  const sources = project.sources.filter(({ path }) => path.endsWith('.py'));
  const first = entries.flatMap((entry) => sources.filter(({ path }) => path === entry));
  for (const { text } of [...first, ...sources]) {
    const imported = imports.find(({ expression }) => expression.test(text))?.framework;
    if (imported !== undefined) return imported;
  }
  return undefined;
}

function importOf(id: string): RegExp {
  return new RegExp(`^[ \\t]*(?:from|import)[ \\t]+${id}\\b`, 'm');
}
