import { findDockerfile } from './find-dockerfile.ts';
import { findProcesses } from './find-processes.ts';
import type { Project } from './project.ts';

/** What a Dockerfile, else a Procfile starts. */
function findStarted(project: Project): string | undefined {
  const web = findProcesses(project).find(({ value }) => value.name === 'web');
  return findDockerfile(project)?.startCommand?.value ?? web?.value.command;
}

/** Whether the script `start` of `package.json` is what is started: nothing else is named, or what is may run it. */
export function isStartedByScript(project: Project): boolean {
  const started = findStarted(project);
  return started === undefined || !otherProgram.test(started) || /\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?start\b/.test(started);
}

/** What runs itself, rather than a script of the package. */
const otherProgram = /^(?:\S*\/)?(?:node|next|nuxt|npx|remix-serve|react-router-serve|tsx|ts-node|serve|bun|deno)\s/;
