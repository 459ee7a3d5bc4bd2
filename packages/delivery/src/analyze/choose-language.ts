import type { Ambiguity, Detection, ProcessType } from './analysis.ts';
import type { Answer } from './answer.ts';

/** Programs that speak for a language when a command begins with them. */
const programs: Readonly<Record<string, RegExp>> = {
  node: /^(?:node|npm|npx|pnpm|yarn|bun|next|nuxt|nest)$/,
  python: /^(?:python[\d.]*|gunicorn|uvicorn|hypercorn|daphne|flask|streamlit|celery|uv|poetry|pipenv|waitress-serve)$/,
  ruby: /^(?:bundle|ruby|rails|bin\/rails|rackup|puma|unicorn|rake)$/,
  php: /^(?:php|vendor\/bin\/heroku-php-\w+|heroku-php-\w+|frankenphp)$/,
  java: /^(?:java|\.\/mvnw|\.\/gradlew|mvn|gradle)$/,
  elixir: /^(?:mix|elixir)$/,
  dotnet: /^dotnet$/,
  deno: /^deno$/,
};

/**
 * Which of the languages of a project is the application's. What begins the web process of its Procfile decides; a server counts before
 * files that a server of files would do for, and those before what only has a manifest. Where that leaves several, the user decides.
 */
export function chooseLanguage(
  detections: readonly Detection[],
  web: Answer<ProcessType> | undefined,
): { detection?: Detection; ambiguity?: Ambiguity } {
  const program = web?.value.command.replace(/^(?:\w+=\S*\s+)+/, '').split(/\s/, 1)[0] ?? '';
  const named = detections.filter(({ language }) => programs[language.value === 'kotlin' ? 'java' : language.value]?.test(program));
  const ranks = [
    named,
    detections.filter(
      ({ startCommand, ambiguities = [] }) =>
        (startCommand && startCommand.confidence !== 'low') || ambiguities.some(({ field }) => field === 'startCommand'),
    ),
    detections.filter(({ startCommand }) => startCommand),
    // A page beside a build is what the build begins with, or what it leaves behind.
    detections.filter(({ staticOutput, language }) => staticOutput && language.value !== 'static'),
    detections.filter(({ staticOutput }) => staticOutput),
    detections,
  ];
  const best = ranks.find((rank) => rank.length > 0);
  if (best === undefined) return {};
  if (best.length === 1) return { detection: best[0]! };
  return {
    ambiguity: {
      field: 'language',
      message: `There are ${best.length} languages that could be the application's. A Procfile or a Dockerfile would say which.`,
      choices: best.map(({ language }) => language),
    },
  };
}
