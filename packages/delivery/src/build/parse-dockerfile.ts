/** One instruction, whole and on one line. */
export interface Instruction {
  /** In upper case. */
  readonly name: string;
  /** `--flag=value`, as they are written. */
  readonly flags: readonly string[];
  /** Everything after the flags. */
  readonly value: string;
  /** From 1 on. */
  readonly line: number;
  /** Here-documents that follow, without the lines that end them. */
  readonly documents: readonly HereDocument[];
}

export interface HereDocument {
  readonly word: string;
  readonly text: string;
}

export interface Dockerfile {
  /** The comments at the top that steer how it is read, such as `syntax`, in lower case. */
  readonly directives: ReadonlyMap<string, string>;
  readonly instructions: readonly Instruction[];
}

/** Instructions that take here-documents. */
const hasDocuments = new Set(['RUN', 'COPY', 'ADD']);

/** Takes a Dockerfile apart into its instructions (https://docs.docker.com/reference/dockerfile/). Nothing is expanded. */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const instructions: Instruction[] = [];
  const directives = readDirectives(lines);
  const escape = directives.get('escape') === '`' ? '`' : '\\';
  for (let at = 0; at < lines.length;) {
    const start = at;
    let joined = '';
    for (; at < lines.length; at++) {
      const line = lines[at]!;
      const isWithin = at > start;
      if (/^\s*#/.test(line) || (isWithin && line.trim() === '')) continue;
      const isContinued = line.trimEnd().endsWith(escape);
      joined += isContinued ? line.trimEnd().slice(0, -1) : line;
      if (!isContinued) break;
    }
    at++;
    const instruction = readInstruction(joined, start + 1);
    if (instruction === undefined) continue;
    const documents: HereDocument[] = [];
    for (const { word, isIndented } of hasDocuments.has(instruction.name) ? listDocumentWords(joined) : []) {
      const body: string[] = [];
      for (; at < lines.length; at++) {
        const line = isIndented ? lines[at]!.replace(/^\t+/, '') : lines[at]!;
        if (line === word) break;
        body.push(`${line}\n`);
      }
      at++;
      documents.push({ word, text: body.join('') });
    }
    instructions.push({ ...instruction, documents });
  }
  return { directives, instructions };
}

/** They stand before everything else, each once. */
function readDirectives(lines: readonly string[]): Map<string, string> {
  const directives = new Map<string, string>();
  for (const line of lines) {
    const match = /^\s*#\s*([a-z]+)\s*=\s*(\S.*)$/i.exec(line);
    if (match === null || directives.has(match[1]!.toLowerCase())) break;
    directives.set(match[1]!.toLowerCase(), match[2]!.trimEnd());
  }
  return directives;
}

function readInstruction(line: string, number: number): Omit<Instruction, 'documents'> | undefined {
  const match = /^\s*(\S+)(\s[^]*)?$/.exec(line);
  if (match === null) return undefined;
  const flags: string[] = [];
  let value = match[2]?.trimStart() ?? '';
  for (let flag = /^--[a-z][a-z-]*(?:=\S*)?(?=\s|$)/i.exec(value); flag !== null; flag = /^--[a-z][a-z-]*(?:=\S*)?(?=\s|$)/i.exec(value)) {
    flags.push(flag[0]);
    value = value.slice(flag[0].length).trimStart();
  }
  return { name: match[1]!.toUpperCase(), flags, value: value.trim(), line: number };
}

function listDocumentWords(line: string): { readonly word: string; readonly isIndented: boolean }[] {
  return [...line.matchAll(/(?<=^|[\s\d])<<(-?)(["']?)([A-Za-z_][\w.]*)\2(?=\s|$|[;&|>)])/g)].map((match) => ({
    word: match[3]!,
    isIndented: match[1] === '-',
  }));
}

/** The words of an instruction's value: of its JSON form, or split at blanks. */
export function listWords(value: string): string[] {
  return parseJsonWords(value) ?? value.split(/\s+/).filter((word) => word !== '');
}

/** The list of a value in JSON form; `undefined` when it is none. */
export function parseJsonWords(value: string): string[] | undefined {
  if (!value.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(value);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}
