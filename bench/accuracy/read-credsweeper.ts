import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelledValue, Sample, ScopeCategory } from './sample.ts';
import { scopeOf } from './scope-of.ts';

interface Candidate {
  readonly rule: string;
  readonly line_data_list: readonly LineData[];
}

interface LineData {
  readonly line: string;
  readonly line_num: number;
  readonly path: string;
  readonly info: string;
  readonly value: string;
  readonly value_start: number;
}

/** Containers that the scanner opens: only the labels of the set's deep mode look into them. */
const opened = /\.(?:gz|zip|tar|zst|docx|xlsx|ods|pptx)$/;

const identifierRules = new Set(['UUID', 'AWS S3 Bucket', 'Firebase Domain', 'Tencent WeChat API App ID']);
const hashRules = new Set(['Salt', 'Nonce', 'NTLM Token']);

/** Containers that the scanner does not open: these samples are left out. */
const unopened =
  /\.(?:bz2|xz|lzma|7z|rpm|deb|cpio|hsqs|pdf|bmp|gif|jpg|png|tiff|xls|xlsb|sqlite|pyc|class|dex|elf|pak|pb|pickle|snk|crx|jks|p12)$/;

/** Samples of CredSweeper with the values it expects in them; `documents` chooses the notes in natural language or the others. */
export function readCredsweeper(root: string, documents: boolean): Sample[] {
  const plain = readCandidates(root, 'output.json').filter(({ line_data_list: [first] }) => !opened.test(first!.path));
  const deep = readCandidates(root, 'depth_3_pedantic.json').filter(({ line_data_list: [first] }) => opened.test(first!.path));
  const byPath = Map.groupBy([...plain, ...deep], ({ line_data_list: [first] }) => first!.path);
  return readdirSync(join(root, 'tests/samples'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('doc_') === documents && !unopened.test(entry.name))
    .map((entry) => `./tests/samples/${entry.name}`)
    .sort()
    .map((path) => readSample(root, path, byPath.get(path) ?? []));
}

function readCandidates(root: string, file: string): readonly Candidate[] {
  return JSON.parse(readFileSync(join(root, 'tests/data', file), 'utf8')) as readonly Candidate[];
}

function readSample(root: string, path: string, candidates: readonly Candidate[]): Sample {
  const name = path.replace('./tests/samples/', '');
  const content = readFileSync(join(root, path));
  const lineStarts = [0, ...[...content.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1)];
  const values = candidates.flatMap((candidate) => {
    const values = candidate.line_data_list.map((part) => toValue(part, candidate.rule, name, content, lineStarts));
    // A key over many lines is one value; an id and its secret are two.
    return /PEM|Private Key|JWK|JSON Web Key/.test(candidate.rule) ? [joinValues(values)] : values;
  });
  const places = new Map(values.map((value) => [`${value.start ?? ''} ${value.value}`, value]));
  return { id: name, kind: name, path: name, content, label: [...places.values()] };
}

function toValue(part: LineData, rule: string, name: string, content: Buffer, lineStarts: readonly number[]): LabelledValue {
  // Values of files that are not UTF-8 are written in UTF-8 as well.
  const utf8 = Buffer.from(part.value).toString('latin1');
  const value = content.includes(utf8, 0, 'latin1') ? utf8 : part.value;
  const start = opened.test(name) ? undefined : findStart(part, value, content, lineStarts);
  const outOfScope = categoryOf(rule) ?? scopeOf(value);
  return { value, ...(start === undefined ? {} : { start, end: start + value.length }), kind: rule, ...(outOfScope ? { outOfScope } : {}) };
}

function joinValues(values: readonly LabelledValue[]): LabelledValue {
  const [first, last] = [values[0]!, values.at(-1)!];
  return first.start !== undefined && last.end !== undefined ? { ...first, end: last.end } : first;
}

/** The set counts characters, and some lines of text are not where it says after a decoding. */
function findStart(part: LineData, value: string, content: Buffer, lineStarts: readonly number[]): number | undefined {
  const lineStart = lineStarts[part.line_num - 1];
  if (lineStart === undefined) return undefined;
  const line = content.toString('latin1', lineStart, lineStarts[part.line_num] ?? content.length);
  const before = Buffer.from(line, 'latin1').toString('utf8').slice(0, Math.max(0, part.value_start));
  const first = value.split('\n')[0]!;
  const at = line.indexOf(first, Math.max(0, Buffer.byteLength(before) - 4));
  const found = at === -1 ? line.indexOf(first) : at;
  return found === -1 ? undefined : lineStart + found;
}

function categoryOf(rule: string): ScopeCategory | undefined {
  if (identifierRules.has(rule)) return 'identifier';
  return hashRules.has(rule) ? 'hash' : undefined;
}
