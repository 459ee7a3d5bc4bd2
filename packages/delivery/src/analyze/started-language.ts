import type { Answer } from './answer.ts';
import type { DockerfileFacts } from './find-dockerfile.ts';
import type { Project } from './project.ts';
import { readDockerfile } from './read-dockerfile.ts';

/** Programs that speak for a language when a command begins with them. */
const programs: Readonly<Record<string, RegExp>> = {
  node: /^(?:node|npm|npx|pnpm|yarn|bun|bunx|next|nuxt|nest|tsx|ts-node|pm2|pm2-runtime)$/,
  python:
    /^(?:python[\d.]*|gunicorn|uvicorn|hypercorn|daphne|granian|flask|fastapi|streamlit|chainlit|celery|uv|uwsgi|poetry|pipenv|waitress-serve|django-admin)$/,
  ruby: /^(?:bundle|ruby|rails|rackup|puma|unicorn|rake|thin|falcon)$/,
  php: /^(?:php|php-fpm|heroku-php-\w+|frankenphp)$/,
  java: /^(?:java|mvnw|gradlew|mvn|gradle)$/,
  elixir: /^(?:mix|elixir)$/,
  dotnet: /^dotnet$/,
  deno: /^deno$/,
};

/** Images by the last part of their name. Those that builds are made in as well are among them. */
const images: Readonly<Record<string, RegExp>> = {
  node: /^(?:node|bun|nodejs[\w-]*)$/,
  python: /^(?:python|pypy|python3[\w-]*|uvicorn-gunicorn[\w-]*)$/,
  ruby: /^(?:ruby|rails|jruby)$/,
  php: /^(?:php|frankenphp|php-\w+)$/,
  java: /^(?:openjdk|eclipse-temurin|amazoncorretto|java[\w-]*|maven|gradle|tomcat|jetty|sapmachine|ibm-semeru-runtimes)$/,
  elixir: /^elixir$/,
  dotnet: /^(?:aspnet|sdk|runtime)$/,
  deno: /^deno$/,
  go: /^golang$/,
  rust: /^rust$/,
};

/** What passes on to another program: variables, supervisors, what measures, and what brings variables or secrets. */
const wrappers = [
  /^(?:exec|env|nice|time|tini|dumb-init|ddtrace-run|opentelemetry-instrument|cross-env|catchsegv)$/,
  /^(?:newrelic-admin|run-program|dotenv|dotenvx|doppler|infisical|chamber|aws-env|envconsul|op|run|--)$/,
  /^(?:sh|bash|ash)$/,
  /^\w+=/,
  /^-/,
];
const optionsWithValue = /^(?:--(?:env|project|config|token|path|traces_exporter|metrics_exporter|service_name)|-[eful])$/;
const script = /\.sh$|entrypoint[\w-]*$/;
const maxWords = 30;

/** The language of the program that a command starts in the end. */
export function findStartedLanguage(command: string): string | undefined {
  const words = command
    .slice(0, 2000)
    .split(/[\s'"]+/)
    .filter((word) => word !== '')
    .slice(0, maxWords);
  for (const [index, word] of words.entries()) {
    const name = word.slice(word.lastIndexOf('/') + 1);
    const language = Object.keys(programs).find((key) => programs[key]!.test(name));
    if (language !== undefined) return language;
    const isValue = optionsWithValue.test(words[index - 1] ?? '');
    if (!isValue && !script.test(word) && !wrappers.some((wrapper) => wrapper.test(name))) return undefined;
  }
  return undefined;
}

/** The language of the image that the last stage of a Dockerfile is made from. */
export function findImageLanguage(project: Project, { path }: DockerfileFacts): Answer<string> | undefined {
  const base = readDockerfile(project.text(path.value) ?? '').base?.slice(0, 300) ?? '';
  const [address = ''] = base.split('@', 1);
  const name = address.slice(address.lastIndexOf('/') + 1).split(':', 1)[0]!;
  const isDotnet = /\bdotnet\//.test(address);
  const language = Object.keys(images).find((key) => images[key]!.test(name) && (key !== 'dotnet' || isDotnet));
  return language === undefined
    ? undefined
    : project.answer(language, { rule: 'dockerfile-image', confidence: 'medium', file: path.value, at: base });
}
