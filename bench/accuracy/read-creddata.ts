import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelledValue, Sample, ScopeCategory } from './sample.ts';
import { scopeOf } from './scope-of.ts';

/** A row of the set's tables; lines count from 1, columns from 0 and in characters. */
interface Row {
  readonly path: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly isSecret: boolean;
  /** Absent for rows about whole lines. */
  readonly columns?: readonly [number, number];
  readonly categories: readonly string[];
}

const identifiers = new Set(['UUID', 'AWS S3 Bucket', 'Firebase Domain', 'Tencent WeChat API App ID', 'Grafana Provisioned API Key']);
const hashes = new Set(['Salt', 'Nonce']);

/**
 * Files of CredData with the values its tables call true. Half of the repositories are for development, those whose id begins with an
 * even digit; the others are held out. What the tables call false, or true only as an example, is listed as no secret.
 */
export function readCreddata(root: string, half: 'development' | 'held out'): Sample[] {
  return readdirSync(join(root, 'meta'))
    .filter((file) => (Number.parseInt(file[0]!, 16) % 2 === 0) === (half === 'development'))
    .sort()
    .flatMap((file) => readRepository(root, file));
}

function readRepository(root: string, table: string): Sample[] {
  const rows = readFileSync(join(root, 'meta', table), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map(parseRow);
  const seen = new Set<string>();
  return [...Map.groupBy(rows, ({ path }) => path)]
    .filter(([path]) => existsSync(join(root, path)))
    .map(([path, ofFile]) => {
      const content = readFileSync(join(root, path));
      const lineStarts = [0, ...[...content.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1), content.length + 1];
      const places = new Map(ofFile.map((row) => toValue(row, content, lineStarts)).map((value) => [`${value.start} ${value.end}`, value]));
      const label = [...places.values()].map((value) => markRepeated(value, seen));
      return { id: path, kind: table, path, content, label, isPartlyLabelled: true };
    });
}

/** No field of the tables holds a comma or a quote. */
function parseRow(line: string): Row {
  const [, , , , path = '', first, last, truth, start = '', end = '', , , category = ''] = line.split(',');
  return {
    path,
    firstLine: Number(first),
    lastLine: Number(last),
    isSecret: truth === 'T',
    ...(start !== '' && end !== '' && Number(start) >= 0 && Number(end) >= 0 ? { columns: [Number(start), Number(end)] as const } : {}),
    categories: category.split(':'),
  };
}

function toValue(
  { firstLine, lastLine, isSecret, columns, categories }: Row,
  content: Buffer,
  lineStarts: readonly number[],
): LabelledValue {
  const start = lineStarts[firstLine - 1]! + bytesBefore(content, lineStarts, firstLine, columns?.[0] ?? 0);
  const end = columns ? lineStarts[lastLine - 1]! + bytesBefore(content, lineStarts, lastLine, columns[1]) : lineStarts[lastLine]! - 1;
  const value = content.toString('latin1', start, end);
  const kind = categories.join(':');
  if (!isSecret) return { value, start, end, kind, outOfScope: 'no secret' };
  const outOfScope = categoryOf(categories) ?? scopeOf(value);
  return { value, start, end, kind, ...(outOfScope ? { outOfScope } : {}) };
}

function bytesBefore(content: Buffer, lineStarts: readonly number[], line: number, column: number): number {
  const text = content.toString('utf8', lineStarts[line - 1], lineStarts[line]! - 1);
  return Buffer.byteLength(text.slice(0, column));
}

function categoryOf(categories: readonly string[]): ScopeCategory | undefined {
  if (categories.every((category) => identifiers.has(category))) return 'identifier';
  return categories.every((category) => hashes.has(category)) ? 'hash' : undefined;
}

/** A value counts once a repository. */
function markRepeated(value: LabelledValue, seen: Set<string>): LabelledValue {
  if (value.outOfScope) return value;
  if (seen.has(value.value)) return { ...value, outOfScope: 'repeated' };
  seen.add(value.value);
  return value;
}
