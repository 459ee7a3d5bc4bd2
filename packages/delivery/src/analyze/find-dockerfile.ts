import type { Answer } from './answer.ts';
import { findProbe } from './find-probe.ts';
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
  const start = [image.entrypoint, image.command].flatMap((instruction) => (instruction ? toCommand(instruction) : []));
  const runtime = image.entrypoint === undefined && image.command !== undefined ? findRuntime(image.base, start[0]!, project) : undefined;
  if (runtime !== undefined) start.unshift(runtime);
  return {
    path: project.answer(file, { rule: 'dockerfile', file }),
    workingDirectory: image.workingDirectory,
    ...(port && { port }),
    ...(healthPath && { healthPath }),
    ...(start.length > 0 && {
      startCommand: project.answer(start.join(' '), { rule: 'dockerfile-command', file, at: /^[ \t]*(?:CMD|ENTRYPOINT)\b/im }),
    }),
  };
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
  try {
    return joinWords(JSON.parse(value)) ?? value;
  } catch {
    return value;
  }
}
