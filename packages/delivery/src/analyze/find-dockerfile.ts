import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

/** What the Dockerfile of a project says of the image that it makes. */
export interface DockerfileFacts {
  readonly path: Answer<string>;
  readonly port?: Answer<number>;
  /** Of ENTRYPOINT and CMD together. */
  readonly startCommand?: Answer<string>;
}

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** Reads the Dockerfile that is wanted, or the one in the root of a project (https://docs.docker.com/reference/dockerfile/): what counts is its last stage. */
export function findDockerfile(project: Project, wanted?: string): DockerfileFacts | undefined {
  const file = wanted ?? ['Dockerfile', 'Containerfile'].find((name) => project.has(name));
  if (file === undefined) return undefined;
  const stage = listLastStage(project.text(file) ?? '');
  const exposed = stage.filter(({ name }) => name === 'EXPOSE').flatMap(({ value }) => value.split(/\s+/));
  const ports = exposed.flatMap((port) => /^(\d{1,5})(?:\/tcp)?$/i.exec(port)?.[1] ?? []).map(Number);
  const [port] = ports;
  const entrypoint = stage.findLast(({ name }) => name === 'ENTRYPOINT');
  const command = stage.findLast(({ name }) => name === 'CMD');
  const start = [entrypoint, command].flatMap((instruction) => (instruction ? toCommand(instruction.value) : []));
  return {
    path: project.answer(file, { rule: 'dockerfile', file }),
    ...(port !== undefined && {
      port: project.answer(port, {
        rule: 'dockerfile-expose',
        confidence: ports.length === 1 ? 'high' : 'medium',
        file,
        at: /^[ \t]*EXPOSE\b/im,
      }),
    }),
    ...(start.length > 0 && {
      startCommand: project.answer(start.join(' '), { rule: 'dockerfile-command', file, at: /^[ \t]*(?:CMD|ENTRYPOINT)\b/im }),
    }),
  };
}

function listLastStage(text: string): Instruction[] {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/[\\`]\n/g, ' ')
    .split('\n');
  const instructions = lines.flatMap((line) => {
    const match = /^\s*([A-Za-z]+)\s+(\S.*)$/.exec(line);
    return match ? [{ name: match[1]!.toUpperCase(), value: match[2]!.trim() }] : [];
  });
  return instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM') + 1);
}

/** A list in JSON is what is run; anything else is a line for a shell. */
function toCommand(value: string): string {
  try {
    const words: unknown = JSON.parse(value);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words.map(quoteWord).join(' ');
  } catch {
    // The shell form.
  }
  return value;
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./${}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
