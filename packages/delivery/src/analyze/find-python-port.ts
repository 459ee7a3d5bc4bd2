import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

const servers = /\b(?:gunicorn|uvicorn|hypercorn|fastapi|flask|streamlit)\s/;
const option = /\s(?:-b|--bind|--port|--server\.port)[\s=]*['"]?(?:[\w.*:[\]-]{0,100}:)?(\d{2,5})(?=['"\s]|$)/;
/** `bind = "0.0.0.0:8080"`, `bind = f"0.0.0.0:{os.environ.get('PORT', 8080)}"`. */
const setting = /^bind\s{0,4}=[^\n]{0,200}?(?::|\bPORT['"]\s{0,4},\s{0,4}['"]?)(\d{2,5})\b/m;

/**
 * Where the server of a start command listens when that is written down: then it is not led by `PORT`. gunicorn also has a file of settings.
 *
 * @see https://docs.gunicorn.org/en/stable/settings.html
 */
export function findPythonPort(project: Project, start: Answer<string> | undefined): Answer<number> | undefined {
  const command = start?.value.slice(0, 2000) ?? '';
  if (start === undefined || !servers.test(command)) return undefined;
  const port = option.exec(command)?.[1];
  if (port !== undefined) return { ...start, value: Number(port), rule: 'python-port-option' };
  if (!/\bgunicorn\s/.test(command) || /\s(?:-b|--bind)[\s=]/.test(command)) return undefined;
  const named = /\s['"]?(?:-c|--config)[\s=]*(?:file:)?(?:\.\/)?([\w./-]{1,200})/.exec(command)?.[1];
  const file = findFile(project, named ?? 'gunicorn.conf.py');
  const bound = setting.exec(project.text(file) ?? '')?.[1];
  return bound === undefined ? undefined : project.answer(Number(bound), { rule: 'gunicorn-bind', file, at: setting });
}

/** In an image it may be named by its whole path. */
function findFile(project: Project, named: string): string {
  return named.startsWith('/') ? (project.paths.find((path) => named.endsWith(`/${path}`)) ?? named) : named;
}
