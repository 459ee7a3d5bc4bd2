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
}

const identifierRules = new Set(['UUID', 'AWS S3 Bucket', 'Firebase Domain', 'Tencent WeChat API App ID']);
const hashRules = new Set(['Salt', 'Nonce', 'NTLM Token']);

/** Containers that the scanner says it does not open. */
const unopened =
  /\.(?:bz2|xz|lzma|7z|rpm|deb|cpio|hsqs|pdf|bmp|gif|jpg|png|tiff|xls|xlsb|sqlite|pyc|class|dex|elf|pak|pb|pickle|snk|crx|jks|p12)$/;

/** Samples of CredSweeper with the values it expects in them; `documents` chooses the notes in natural language or the others. */
export function readCredsweeper(root: string, documents: boolean): Sample[] {
  const candidates = JSON.parse(readFileSync(join(root, 'tests/data/output.json'), 'utf8')) as readonly Candidate[];
  const byPath = Map.groupBy(candidates, ({ line_data_list: [first] }) => first!.path);
  return readdirSync(join(root, 'tests/samples'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('doc_') === documents)
    .map((entry) => `./tests/samples/${entry.name}`)
    .sort()
    .map((path) => readSample(root, path, byPath.get(path) ?? []));
}

function readSample(root: string, path: string, candidates: readonly Candidate[]): Sample {
  const name = path.replace('./tests/samples/', '');
  const content = readFileSync(join(root, path));
  const lineStarts = [0, ...[...content.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1)];
  const values = candidates.flatMap((candidate) => {
    // A key over many lines is one value; an id and its secret are two.
    const isKey = /PEM|Private Key|JWK|JSON Web Key/.test(candidate.rule);
    const parts = isKey ? candidate.line_data_list.slice(0, 1) : candidate.line_data_list;
    return parts.map((part) => toValue(part, candidate.rule, name, content, lineStarts));
  });
  const places = new Map(values.map((value) => [`${value.start ?? ''} ${value.value}`, value]));
  return { id: name, kind: name, path: name, content, label: [...places.values()] };
}

function toValue(part: LineData, rule: string, name: string, content: Buffer, lineStarts: readonly number[]): LabelledValue {
  const value = Buffer.from(part.value).toString('latin1');
  const lineStart = lineStarts[part.line_num - 1];
  const lineEnd = lineStarts[part.line_num] ?? content.length;
  const inLine = lineStart === undefined ? -1 : content.toString('latin1', lineStart, lineEnd).indexOf(value.split('\n')[0]!);
  const start = inLine === -1 ? undefined : lineStart! + inLine;
  const outOfScope = categoryOf(rule, name) ?? scopeOf(value);
  return { value, ...(start === undefined ? {} : { start, end: start + value.length }), kind: rule, ...(outOfScope ? { outOfScope } : {}) };
}

function categoryOf(rule: string, name: string): ScopeCategory | undefined {
  if (identifierRules.has(rule)) return 'identifier';
  if (hashRules.has(rule)) return 'hash';
  return unopened.test(name) ? 'container' : undefined;
}
