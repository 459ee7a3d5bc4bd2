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
  ['gradio', 'gradio', 7860],
  ['sanic', 'sanic', 8000],
  ['quart', 'quart', 8000],
  ['flask', 'flask', 8000],
  ['starlette', 'starlette', 8000],
  ['tornado', 'tornado', 8888],
  ['aiohttp', 'aiohttp', 8080],
];

/** The web framework among the direct dependencies; without any, what the code imports. */
export function findPythonFramework(project: Project, libraries: readonly PythonLibrary[]): PythonFramework | undefined {
  for (const [id, library, port] of frameworks) {
    const found = libraries.find(({ name }) => name === library);
    if (!found || (id === 'aiohttp' && !imports(project, 'aiohttp import web'))) continue;
    const at = new RegExp(library.replaceAll('-', '[-_.]'), 'i');
    return { id, library, port, answer: project.answer(id, { rule: 'python-framework-library', file: found.file, at }) };
  }
  if (libraries.length > 0) return undefined;
  for (const [id, library, port] of frameworks) {
    const at = new RegExp(`^(?:from|import) ${id}\\b`, 'm');
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

function imports(project: Project, what: string): boolean {
  return project.sources.some(({ text }) => text.includes(`from ${what}`));
}
