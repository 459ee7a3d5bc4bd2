import type { Answer } from './answer.ts';
import { findProbe } from './find-probe.ts';
import { findImageServer } from './image-servers.ts';
import { joinWords } from './join-words.ts';
import type { Project } from './project.ts';
import { readDockerfile, type Image } from './read-dockerfile.ts';

/** What the Dockerfile of a project says of the image that it makes. */
export interface DockerfileFacts {
  readonly path: Answer<string>;
  readonly port?: Answer<number>;
  /** Of ENTRYPOINT and CMD together. */
  readonly startCommand?: Answer<string>;
  /** Where it is started in the image; absolute. */
  readonly workingDirectory?: string;
  /** Where the server listens that the image it is made from starts by itself, as nothing else is started. */
  readonly serverPort?: Answer<number>;
  /** Whether it starts a program that is given words by who starts the image. */
  readonly takesArguments: boolean;
  /** Its last stage, when that is for developers and another one for users. */
  readonly stages?: { readonly last: string; readonly better: string };
  /** What HEALTHCHECK asks for. */
  readonly healthPath?: Answer<string>;
}

/** Reads the Dockerfile that is wanted, or the one in the root of a project: what counts is its last stage. */
export function findDockerfile(project: Project, wanted?: string): DockerfileFacts | undefined {
  const file = wanted ?? ['Dockerfile', 'Containerfile'].find((name) => project.has(name));
  if (file === undefined) return undefined;
  const image = readDockerfile(project.text(file) ?? '');
  const port = findPort(project, file, image);
  const healthPath = findHealthPath(project, file, image, port);
  const start = findStart(project, image);
  const serverPort = start === undefined ? findImageServer(image.base ?? '') : undefined;
  return {
    path: project.answer(file, { rule: 'dockerfile', file }),
    workingDirectory: image.workingDirectory,
    ...(port && { port }),
    ...(healthPath && { healthPath }),
    ...(serverPort !== undefined && {
      serverPort: project.answer(serverPort, { rule: 'dockerfile-base', confidence: 'medium', file, at: image.base! }),
    }),
    ...(start !== undefined && {
      startCommand: project.answer(start, { rule: 'dockerfile-command', file, at: /^[ \t]*(?:CMD|ENTRYPOINT)\b/im }),
    }),
    takesArguments: image.command === undefined && isList(image.entrypoint),
    ...findStageForOthers(image),
  };
}

function findStart(project: Project, { entrypoint, command, base }: Image): string | undefined {
  const line = command === undefined ? undefined : toCommand(command);
  if (entrypoint !== undefined) {
    if (!isList(entrypoint)) return giveWords(entrypoint, command);
    return [toCommand(entrypoint), line].filter((part) => part !== undefined).join(' ');
  }
  const runtime = line === undefined ? undefined : findRuntime(base, line, project);
  return runtime === undefined ? line : `${runtime} ${line}`;
}

/**
 * A line for a shell as the entry point is not given the command, but for what the line itself takes of it, as its shell does: `$0` is the
 * first word (https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact).
 */
function giveWords(entrypoint: string, command: string | undefined): string {
  const words = command === undefined ? [] : (parseWords(command) ?? ['/bin/sh', '-c', command]);
  const [first, rest] = [words.slice(0, 1), words.slice(1)].map((part) => joinWords(part) ?? '');
  return entrypoint
    .replaceAll(/"?\$(?:0|\{0\})"?(?=\s|$)/g, () => first!)
    .replaceAll(/"?\$(?:[@*]|\{[@*]\})"?(?=\s|$)/g, () => rest!)
    .trim();
}

const forDevelopers = /(?:^|[_.-])(?:dev\w{0,10}|tests?|testing|debug|local|migrations?|migrate)(?=$|[_.-])/;
const forUsers = /(?:^|[_.-])(?:prod(?:uction)?|release|final)(?=$|[_.-])/;

/** What is built is the last stage, where nobody names another. */
function findStageForOthers({ stage, stages }: Image): Pick<DockerfileFacts, 'stages'> {
  if (stage === undefined || !forDevelopers.test(stage)) return {};
  const bare = stage.replace(forDevelopers, '');
  const better =
    stages.findLast((name) => name !== stage && forUsers.test(name) && !forDevelopers.test(name)) ?? stages.find((name) => name === bare);
  return better === undefined ? {} : { stages: { last: stage, better } };
}

/** Of several that are exposed, the one in the variable is where it listens, else the one that is asked whether it is well. */
function findPort(project: Project, file: string, { ports, environment, probe }: Image): Answer<number> | undefined {
  const exposed = ports.flatMap((port) => /^(\d{1,5})(?:\/tcp)?$/i.exec(port)?.[1] ?? []).map(Number);
  const web = exposed.filter((port) => port !== sshPort);
  const chosen = /^\d{2,5}$/.test(environment.get('PORT') ?? '') ? Number(environment.get('PORT')) : undefined;
  if (chosen !== undefined && (web.length === 0 || (web.length > 1 && web.includes(chosen))))
    return project.answer(chosen, { rule: 'dockerfile-port-variable', file, at: /\bPORT\b/ });
  const asked = findProbe(probe ?? '')?.port;
  const [port] = web;
  const isOneOfSeveral = web.some((other) => other !== port);
  if (asked !== undefined && (port === undefined || (isOneOfSeveral && web.includes(asked))))
    return project.answer(asked, { rule: 'dockerfile-healthcheck', file, at: healthCheck });
  if (port === undefined) return undefined;
  return project.answer(port, {
    rule: 'dockerfile-expose',
    confidence: isOneOfSeveral ? 'medium' : 'high',
    file,
    at: /^[ \t]*EXPOSE\b/im,
  });
}

const sshPort = 22;
const healthCheck = /^[ \t]*HEALTHCHECK\b/im;

/** What is asked at another port than that of the application is another server's. */
function findHealthPath(project: Project, file: string, { probe }: Image, listens: Answer<number> | undefined): Answer<string> | undefined {
  const { path, port } = findProbe(probe ?? '') ?? {};
  if (path === undefined || (port !== undefined && port !== listens?.value)) return undefined;
  return project.answer(path, { rule: 'dockerfile-healthcheck', file, at: healthCheck });
}

/** Images whose entry point has their own program run what is no program itself, such as options and its own commands. */
const runtimes: readonly (readonly [image: RegExp, program: string, commands: RegExp])[] = [
  [/^(?:docker\.io\/)?(?:library\/)?node(?::|@|$)/, 'node', /^$/],
  [/^(?:docker\.io\/)?denoland\/deno(?::|@|$)/, 'deno', /^(?:run|serve|task|eval)$/],
  [/^(?:docker\.io\/)?oven\/bun(?::|@|$)/, 'bun', /^(?:run|start|x)$/],
];

function findRuntime(base: string | undefined, start: string, project: Project): string | undefined {
  const [word = ''] = start.split(' ', 1);
  const [, program, commands] = runtimes.find(([image]) => image.test(base ?? '')) ?? [];
  if (program === undefined) return undefined;
  return word.startsWith('-') || commands!.test(word) || /\.[cm]?[jt]sx?$/.test(word) || (!word.includes('/') && project.has(word))
    ? program
    : undefined;
}

/** A list in JSON is what is run; anything else is a line for a shell. */
function toCommand(value: string): string {
  return joinWords(parseWords(value)) ?? value;
}

function isList(value: string | undefined): boolean {
  return value !== undefined && joinWords(parseWords(value)) !== undefined;
}

function parseWords(value: string): unknown[] | undefined {
  try {
    const words: unknown = JSON.parse(value);
    return Array.isArray(words) ? words : undefined;
  } catch {
    return undefined;
  }
}
