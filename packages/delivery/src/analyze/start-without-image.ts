import { posix } from 'node:path';
import type { Answer } from './answer.ts';
import type { DockerfileFacts } from './find-dockerfile.ts';
import type { Project } from './project.ts';

export interface StartsWithoutImage {
  /** Of a Procfile or the language; its files are those that the language's own build makes. */
  readonly own: Answer<string> | undefined;
  /** Whether the language's build leaves files to serve. */
  readonly isStatic: boolean;
  /** Whether there are several, of which one has to be chosen. */
  readonly isAsked: boolean;
}

/**
 * What is started where a Dockerfile is read but not built: its command, unless that names what only the image has and the application can be
 * started or served otherwise. Undefined: by the application's own.
 */
export function startWithoutImage(
  project: Project,
  { path, startCommand, workingDirectory = '/' }: DockerfileFacts,
  { own, isStatic, isAsked }: StartsWithoutImage,
): Answer<string> | undefined {
  if (startCommand === undefined || own?.rule === 'procfile') return undefined;
  const command = startCommand.value.slice(0, maxCommandLength).replace(wrapper, '');
  const missing = listOnlyInImage(project, command, workingDirectory, isCompiled(own));
  if (missing.length === 0) return { ...startCommand, value: toRelative(project, command, workingDirectory) };
  const named = missing.map((word) => `\`${word}\``).join(', ');
  const found = `It starts \`${startCommand.value}\`. Only its image has ${named}, and no image is built where applications run as processes:`;
  if (own !== undefined) project.note(path.value, `${found} \`${own.value}\` is started instead.`);
  else if (isAsked) return undefined;
  else if (isStatic) project.note(path.value, `${found} what the build leaves is served instead.`);
  else project.note(path.value, `${found} name a start_command in deployguard.yaml.`);
  return own === undefined && !isStatic ? startCommand : undefined;
}

const maxCommandLength = 2000;
/** They only pass on signals, as a supervisor does. */
const wrapper = /^(?:\S*\/)?(?:tini|dumb-init)(?:\s+-\S+)*\s+/;
/** Programs that images are made of, and few machines have. */
const servers =
  /^(?:nginx|caddy|httpd(?:-foreground)?|apache2(?:ctl|-foreground)?|lighttpd|php-fpm|supervisord|frankenphp|pm2(?:-runtime)?|s6-svscan)$/;
/** They start others. */
const launchers = /^(?:exec|env|sh|bash|ash|node|npm|npx|pnpm|yarn|bun|deno|python\d?|java|make|go|cargo|\w+=.*)$/;
/** What installing and building makes. */
const made = /^(?:\.\/)?(?:node_modules|vendor|dist|build|out|\.next|\.output|\.venv|_build|target\/release)\//;
const fileName = /\.(?:jar|war|dll|exe|sh|py|[cm]?[jt]s|rb|php|pl|lua)$/;
const systemProgram = /^\/(?:usr\/(?:local\/)?)?s?bin\/(?:\w*sh|env|node|npm|npx|yarn|python[\d.]*|java|ruby|php|deno|bun)$/;
const systemFile = /^\/(?:dev|tmp|proc)\//;

function listOnlyInImage(project: Project, command: string, workingDirectory: string, isProgramBuilt: boolean): string[] {
  const words = listWords(command);
  const program = words.find((word) => !/^(?:exec|env|\w+=.*)$/.test(word));
  const isMissing = (word: string): boolean => {
    if (word === program && !word.includes('/') && !launchers.test(word))
      return servers.test(word) || fileName.test(word) || (isProgramBuilt && !project.has(word));
    const isFile = /^\.?\//.test(word) || fileName.test(word) || (word === program && word.includes('/'));
    return (
      isFile &&
      !systemProgram.test(word) &&
      !systemFile.test(word) &&
      !made.test(word) &&
      inProject(project, word, workingDirectory) === undefined
    );
  };
  return [...new Set(words.filter(isMissing))].slice(0, mostTold);
}

const mostTold = 3;

/** Without options, variables, patterns and names of objects (`app:main`). */
function listWords(command: string): string[] {
  return command.split(/[\s'"|&;()<>]+/).filter((word) => word !== '' && !/^-|[$*:]/.test(word));
}

/** A program that the language's own build makes has no other name than its build gives it. */
function isCompiled(own: Answer<string> | undefined): boolean {
  return own !== undefined && /^(?:\w+=\S+\s+)*\.?\/?[\w./-]+$/.test(own.value) && /^(?:go|rust)-/.test(own.rule);
}

/** Where a file of the image is in the repository, whose files mostly lie in the working directory as they lie here. */
function inProject(project: Project, word: string, workingDirectory: string): string | undefined {
  const path = posix.relative(workingDirectory, posix.resolve(workingDirectory, word));
  if (path === '') return '.';
  return project.has(path) || project.paths.some((each) => each.startsWith(`${path}/`)) ? path : undefined;
}

function toRelative(project: Project, command: string, workingDirectory: string): string {
  return command.replaceAll(/(?<=^|[\s'"=])\/[\w./-]+/g, (word) => {
    const path = inProject(project, word, workingDirectory);
    return path === undefined || systemProgram.test(word) ? word : `./${path}`;
  });
}
