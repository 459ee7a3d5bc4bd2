import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { Note } from './analysis.ts';
import type { Answer, Confidence } from './answer.ts';
import { parseJsonWithComments } from './parse-json-with-comments.ts';

/** Code of the application. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What an answer rests on. */
export interface Basis {
  readonly rule: string;
  /** Default: `high`. */
  readonly confidence?: Confidence;
  /** Path in the project. */
  readonly file?: string;
  /** What stands in the line that it rests on. */
  readonly at?: RegExp | string;
}

/** A folder of a tree, with the contents that detectors look at. All paths are relative to its root. */
export interface Project {
  /** Path from the top of the tree; empty for the top. */
  readonly root: string;
  /** The files in it, the shallowest first. */
  readonly paths: readonly string[];
  readonly sources: readonly SourceFile[];
  /** The workspace that it is a member of: lock files and settings may stand there. */
  readonly workspace?: Project;
  has(path: string): boolean;
  /** Content of a manifest, a settings file or a source file; `undefined` when there is none, or it is too large. */
  text(path: string): string | undefined;
  /** A JSON, TOML or YAML file as an object. What is broken gives a note and `undefined`. */
  parse(path: string): Record<string, unknown> | undefined;
  answer<Value>(value: Value, basis: Basis): Answer<Value>;
  note(file: string, message: string): void;
}

export interface ProjectInput {
  readonly root: string;
  readonly paths: readonly string[];
  /** Contents by their paths from the top of the tree. */
  readonly contents: ReadonlyMap<string, string>;
  readonly sources: readonly SourceFile[];
  readonly workspace?: Project;
  /** Where notes go. */
  readonly notes: Note[];
}

export function createProject({ root, paths, contents, sources, workspace, notes }: ProjectInput): Project {
  const present = new Set(paths);
  const parsed = new Map<string, Record<string, unknown> | undefined>();
  const sourceTexts = new Map(sources.map(({ path, text }) => [path, text]));
  const place = (path: string): string => (root === '' ? path : `${root}/${path}`);
  const text = (path: string): string | undefined => contents.get(place(path)) ?? sourceTexts.get(path);

  function note(file: string, message: string): void {
    if (!notes.some((known) => known.file === place(file) && known.message === message)) notes.push({ file: place(file), message });
  }

  function parse(path: string): Record<string, unknown> | undefined {
    if (!parsed.has(path)) parsed.set(path, parseContent(path, text(path)));
    return parsed.get(path);
  }

  function parseContent(path: string, content: string | undefined): Record<string, unknown> | undefined {
    if (content === undefined) return undefined;
    const [kind, read] = chooseParser(path);
    try {
      const value = read(content);
      if (isRecord(value)) return value;
    } catch {
      // The message of a parser may quote what it read.
    }
    if (content.trim() !== '') note(path, `It is no valid ${kind}, or too large, and was left out.`);
    return undefined;
  }

  return {
    root,
    paths,
    sources,
    ...(workspace !== undefined && { workspace }),
    has: (path) => present.has(path),
    text,
    parse,
    note,
    answer(value, { rule, confidence = 'high', file, at }) {
      const line = file === undefined || at === undefined ? undefined : findLine(text(file), at);
      return { value, rule, confidence, ...(file !== undefined && { file: place(file) }), ...(line !== undefined && { line }) };
    },
  };
}

/** A folder of a project as one of its own, which has the other as its workspace. */
export function enterFolder(project: Project, folder: string): Project {
  const place = (path: string): string => `${folder}/${path}`;
  const isInner = (path: string): boolean => path.startsWith(`${folder}/`);
  const strip = (path: string): string => path.slice(folder.length + 1);
  return {
    root: project.root === '' ? folder : `${project.root}/${folder}`,
    paths: project.paths.filter(isInner).map(strip),
    sources: project.sources.filter(({ path }) => isInner(path)).map(({ path, text }) => ({ path: strip(path), text })),
    workspace: project,
    has: (path) => project.has(place(path)),
    text: (path) => project.text(place(path)),
    parse: (path) => project.parse(place(path)),
    note: (file, message) => project.note(place(file), message),
    answer: (value, basis) => project.answer(value, { ...basis, ...(basis.file !== undefined && { file: place(basis.file) }) }),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function chooseParser(path: string): readonly [kind: string, parse: (text: string) => unknown] {
  if (path.endsWith('.toml') || path.endsWith('Pipfile')) return ['TOML', (text) => parseToml(text)];
  if (/\.ya?ml$/.test(path)) return ['YAML', parseSmallYaml];
  return ['JSON', parseJsonWithComments];
}

const maxYamlBytes = 64 * 1024;

/** The parser takes seconds for a megabyte of brackets, and would compare every key with every other. */
function parseSmallYaml(text: string): unknown {
  if (text.length > maxYamlBytes) throw new RangeError('too large');
  return parseYaml(text, { logLevel: 'error', maxAliasCount: 100, uniqueKeys: false });
}

/** From 1 on. */
function findLine(text: string | undefined, at: RegExp | string): number | undefined {
  const index = typeof at === 'string' ? text?.indexOf(at) : text?.search(at);
  return text === undefined || index === undefined || index === -1 ? undefined : countLines(text, index);
}

export function countLines(text: string, end: number): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
