import { posix } from 'node:path';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** What the image of a Dockerfile has, with what its last stage inherits of those that it is made from. */
export interface Image {
  readonly ports: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly entrypoint?: string;
  readonly command?: string;
  /** Where its command is run; absolute. */
  readonly workingDirectory: string;
  /** The image, of elsewhere, that it is made from. */
  readonly base?: string;
  /** The command that asks whether it is well. */
  readonly probe?: string;
  /** The names of all stages; that of the last one is the image's own. */
  readonly stages: readonly string[];
  readonly stage?: string;
}

interface Stage {
  readonly from: string;
  readonly name?: string;
  /** The stage of the file that it is made from. */
  readonly base?: Stage;
  readonly instructions: Instruction[];
}

/** Reads the last stage of a Dockerfile and those of the same file that it is made from (https://docs.docker.com/reference/dockerfile/). */
export function readDockerfile(text: string): Image {
  const ports: string[] = [];
  const environment = new Map<string, string>();
  const { lineage, stages, variables } = listLineage(listInstructions(text));
  let entrypoint: string | undefined;
  let command: string | undefined;
  let probe: string | undefined;
  let workingDirectory = '/';
  for (const { instructions } of lineage) {
    const ofStage = (wanted: string): string | undefined => instructions.findLast(({ name }) => name === wanted)?.value;
    // An entry point of its own takes away the command that a stage inherits.
    if (ofStage('ENTRYPOINT') !== undefined) command = undefined;
    entrypoint = ofStage('ENTRYPOINT') ?? entrypoint;
    command = ofStage('CMD') ?? command;
    for (const { name, value } of instructions) {
      const pairs = name === 'ARG' || name === 'ENV' ? listPairs(value) : [];
      for (const [key, item] of pairs) {
        variables.set(key, substitute(item, variables));
        if (name === 'ENV') environment.set(key, variables.get(key)!);
      }
      if (name === 'WORKDIR') workingDirectory = posix.resolve(workingDirectory, substitute(value, variables));
      if (name === 'EXPOSE') ports.push(...substitute(value, variables).split(/\s+/));
      if (name === 'HEALTHCHECK') probe = /^(?:--\S+\s+)*CMD\s+(\S.*)$/i.exec(substitute(value, variables))?.[1];
    }
  }
  const base = lineage[0]?.from;
  const stage = lineage.at(-1)?.name;
  return {
    ports,
    environment,
    workingDirectory,
    stages,
    ...(stage && { stage }),
    ...(base && { base }),
    ...(entrypoint && { entrypoint }),
    ...(command && { command }),
    ...(probe && { probe }),
  };
}

const maxCopied = 100;

/** What it copies from the folder that the image is built in, `.` for all of it. */
export function listCopied(text: string): string[] {
  return listInstructions(text)
    .filter(({ name, value }) => (name === 'COPY' || name === 'ADD') && !/(?:^|\s)--from=|<</.test(value))
    .flatMap(({ value }) => {
      const words = value.startsWith('[') ? [...value.matchAll(/"([^"]{1,300})"/g)].map(([, word]) => word!) : value.split(/\s+/);
      return words.filter((word) => !word.startsWith('--')).slice(0, -1);
    })
    .filter((path) => path.length < 300 && !/^\w+:\/\//.test(path))
    .map((path) => path.replace(/^(?:\.?\/)+|(?<!\/)\/+$/g, '') || '.')
    .slice(0, maxCopied);
}

function listInstructions(text: string): Instruction[] {
  const lines = dropHeredocs(text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line)))
    .join('\n')
    .replaceAll(/[\\`]\n/g, ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*([A-Za-z]+)\s+(\S.*)$/.exec(line);
    return match ? [{ name: match[1]!.toUpperCase(), value: match[2]!.trim() }] : [];
  });
}

/** Without the lines of here-documents, which belong to the instruction before them (https://docs.docker.com/reference/dockerfile/#here-documents). */
function dropHeredocs(lines: readonly string[]): string[] {
  const lastPlaces = new Map(lines.map((line, index) => [line.replace(/^\t+/, ''), index]));
  const kept: string[] = [];
  let ends: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (ends.length > 0) {
      if (line.replace(/^\t+/, '') === ends[0]) ends = ends.slice(1);
      continue;
    }
    kept.push(line);
    ends = [...line.matchAll(/(?<!<)<<-?(["']?)(\w{1,60})\1/g)].map(([, , end]) => end!).filter((end) => lastPlaces.get(end)! > index);
  }
  return kept;
}

interface Lineage {
  /** The last stage and those that it is made from, the outermost first. */
  readonly lineage: readonly Stage[];
  readonly stages: readonly string[];
  /** What is said before the first stage, which the images of all may be named by. */
  readonly variables: Map<string, string>;
}

function listLineage(instructions: readonly Instruction[]): Lineage {
  const named = new Map<string, Stage>();
  const variables = new Map<string, string>();
  let last: Stage | undefined;
  for (const instruction of instructions) {
    if (last === undefined && instruction.name === 'ARG')
      for (const [key, value] of listPairs(instruction.value)) variables.set(key, substitute(value, variables));
    const from = instruction.name === 'FROM' ? /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(instruction.value) : null;
    if (from === null) {
      last?.instructions.push(instruction);
      continue;
    }
    const image = substitute(from[1]!, variables);
    const name = from[2]?.toLowerCase();
    const base = named.get(image.toLowerCase());
    last = { from: image, instructions: [], ...(base && { base }), ...(name && { name }) };
    if (name !== undefined) named.set(name, last);
  }
  const lineage: Stage[] = [];
  for (let stage = last; stage !== undefined; stage = stage.base) lineage.push(stage);
  return { lineage: lineage.toReversed(), stages: [...named.keys()], variables };
}

/** `A=1 B="two words"`, or `A two words`. */
function listPairs(value: string): [string, string][] {
  const pairs = [...value.matchAll(/(\w{1,128})=(?:"([^"]*)"|'([^']*)'|(\S*))/g)].map(
    ([, key, double, single, plain]): [string, string] => [key!, double ?? single ?? plain ?? ''],
  );
  const old = /^(\w+)\s+([^=\s].*)$/.exec(value);
  return pairs.length > 0 || old === null ? pairs : [[old[1]!, old[2]!]];
}

function substitute(value: string, environment: ReadonlyMap<string, string>): string {
  if (value.length > 1000) return value;
  return value.replaceAll(/\$(?:\{(\w{1,128})(?::?-([^{}]{0,200}))?\}|(\w{1,128}))/g, (whole, braced, otherwise, plain) => {
    const known: unknown = environment.get(braced ?? plain) ?? otherwise;
    return typeof known === 'string' && known.length < 200 ? known : whole;
  });
}
