import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

const servers = /\b(?:gunicorn|uvicorn|hypercorn|granian|fastapi|flask|streamlit|chainlit|runserver)\s/;
const option = /\s(?:-b|--bind|--port|--server\.port)[\s=]*['"]?(?:[\w.*:[\]-]{0,100}:)?(\d{2,5})(?=['"\s]|$)/;
/** Of Django's server for development. */
const address = /\brunserver\s+['"]?(?:[\w.*:[\]-]{0,100}:)?(\d{2,5})(?=['"\s]|$)/;
/** `bind = "0.0.0.0:8080"`, `bind = f"0.0.0.0:{os.environ.get('PORT', 8080)}"`. */
const setting = /^bind\s{0,4}=[^\n]{0,200}?(?::|\bPORT['"]\s{0,4},\s{0,4}['"]?)(\d{2,5})\b/m;

/**
 * Where the server of a start command listens when that is written down: then it is not led by `PORT`. gunicorn also has a file of settings.
 *
 * @see https://docs.gunicorn.org/en/stable/settings.html
 */
export function findPythonPort(project: Project, start: Answer<string> | undefined): Answer<number> | undefined {
  const command = start?.value.slice(0, 2000) ?? '';
  if (start === undefined) return undefined;
  const program = /\bpython[\d.]*\s+(?:-\w\s+)?['"]?(?:\.\/)?([\w./-]{1,200}\.py)\b/.exec(command)?.[1];
  const own = program === undefined ? undefined : findProgramPort(project, findFile(project, program));
  if (own !== undefined) return own;
  if (!servers.test(command)) return undefined;
  const port = (option.exec(command) ?? address.exec(command))?.[1];
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

/** `os.environ.get("PORT", 5000)`, `os.getenv("PORT") or 5000`. */
const variable =
  /\b(?:environ\.get|getenv)\(\s{0,9}['"](?:(?:APP|SERVER|HTTP|API|WEB|FLASK)_)?PORT['"]\s{0,9}(?:,|\)\s{1,9}or\b)\s{0,9}['"]?(\d{2,5})\b/;
/** What servers of Python are started by: Flask, uvicorn, waitress, aiohttp, Tornado, Dash and what Python brings itself. */
const serving = /(?:\.run|\bserve|\brun_app|\brun_server|\.listen|(?:HTTP|TCP)Server|\bmake_server)\(/;
const argument =
  /(?:\.run|\bserve|\brun_app|\brun_server)\([^)]{0,300}?\bport\s{0,4}=\s{0,4}(\d{2,5})\b|(?:\.listen|(?:HTTP|TCP)Server|\bmake_server)\(\s{0,9}\(?(?:['"][\w.]{0,40}['"]\s{0,4},\s{0,4})?(\d{2,5})\b/;
/** An argument is written without spaces, and may be that of a database. */
const constant = /^[ \t]{0,20}(?:(?:DEFAULT_|SERVER_|HTTP_)?PORT\s{0,4}=|port\s{1,4}=)\s{0,4}['"]?(\d{2,5})['"]?[ \t]{0,20}(?:#|$)/m;

/** Where a program listens by itself, as the file says that is run. Flask does so on a port of its own when it is told none. */
function findProgramPort(project: Project, file: string): Answer<number> | undefined {
  const text = project.text(file)?.replaceAll(/^[ \t]{0,100}#[^\n]*/gm, '') ?? '';
  if (!serving.test(text)) return undefined;
  const match = variable.exec(text) ?? argument.exec(text) ?? constant.exec(text);
  const port = match?.slice(1).find((group) => group !== undefined);
  const basis = { rule: 'python-program-port', confidence: 'medium', file } as const;
  if (match && port !== undefined) return project.answer(Number(port), { ...basis, at: match[0].trim() });
  const isFlask = /^(?:from|import) flask\b/m.test(text) && /\.run\((?![^)]{0,300}?\bport\b)/.test(text);
  return isFlask ? project.answer(5000, { ...basis, at: '.run(' }) : undefined;
}
