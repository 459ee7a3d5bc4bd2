import type { Answer } from './answer.ts';

/** Rules that say where a framework listens when nobody says otherwise. */
const defaults =
  /^(?:\w+-framework-port|aspnetcore-image-port|php-built-in-server|rails-port|ruby-rackup-port|sinatra-port|phoenix-port|deno-serve-port)$/;

/** Whether an answer is no more than that. */
export function isDefaultPort(port: Answer<number> | undefined): boolean {
  return port === undefined || defaults.test(port.rule);
}

/** What starts a server that the default is one of. */
const programsByLanguage: Readonly<Record<string, RegExp>> = {
  node: /\b(?:node|npm|npx|yarn|pnpm|bun|bunx|next|nuxt|tsx|ts-node|pm2(?:-runtime)?)\b/,
  deno: /\bdeno\b/,
  python: /\b(?:streamlit|chainlit|gradio|sanic)\b/,
  php: /\bartisan\s+serve\b|\bphp\s+-S\b|\bserver:(?:run|start)\b/,
  ruby: /\b(?:rails|puma|rackup|bundle|ruby|unicorn|foreman)\b/,
  java: /\bjava\b|\.jar\b|\bmvnw?\b|\bgradlew?\b/,
  kotlin: /\bjava\b|\.jar\b|\bgradlew?\b/,
  dotnet: /\bdotnet\b|\.dll\b/,
};

/** Compiled programs have names of their own; a script may start anything. */
const script = /\.(?:sh|bash|py|js)\b|entry-?point|\b(?:supervisord|s6-svscan|forego|foreman|nginx|caddy|traefik)\b/i;

/** Servers that listen in one place whatever the language. */
const ports: readonly (readonly [program: RegExp, port: number])[] = [
  [/\b(?:apache2|httpd)-foreground\b|\bapache2ctl\b|^(?:\S*\/)?(?:nginx|caddy)\s/, 80],
  [/\bflask\s+(?:--?\S+\s+)*run\b/, 5000],
  [/\b(?:gunicorn|uvicorn|hypercorn|granian|daphne|waitress-serve|fastapi|runserver)\b/, 8000],
];

/** A default of the language where a Dockerfile starts something: it holds for a program that the default is of. */
export function choosePort(
  port: Answer<number> | undefined,
  language: string | undefined,
  start: Answer<string>,
): Answer<number> | undefined {
  if (!isDefaultPort(port)) return port;
  const command = start.value.slice(0, 2000);
  const known = ports.find(([program]) => program.test(command))?.[1];
  if (known !== undefined) return known === port?.value ? port : { ...start, value: known, rule: 'program-port', confidence: 'medium' };
  // It starts a server of its own, such as Gradio's, rather than one for all frameworks.
  if (language === 'python' && port?.value !== 8000 && /\bpython[\d.]*\s/.test(command)) return port;
  const program = programsByLanguage[language ?? ''];
  const isOwn = program === undefined ? !script.test(command) : program.test(command);
  return isOwn ? port : undefined;
}
