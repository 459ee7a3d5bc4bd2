import { hash, randomUUIDv7 } from 'node:crypto';
import { describeReportedPlace } from '@deployguard/findings';
import type { ReportedFinding } from '@deployguard/findings';

/** As they stand in `findings.severity`. */
const severityNumbers = { critical: 0, high: 1, medium: 2, low: 3, info: 4, unknown: 5 } as const;

/** In the work directory of an attempt. */
export const rowsFile = 'rows.json';

/** What ends each row in a file of rows: the rows between two of them, in brackets, are a JSON list. */
export const rowEnd = ',\n';

/**
 * A finding as a row of `findings`, in JSON as `json_to_recordset` takes it: made here, in the process that read the report, so that the worker
 * passes on text that it need not look at.
 */
export function printFindingRow(finding: ReportedFinding): string {
  const { fingerprint, tool, rule, package: pkg, epss } = finding;
  const asset = describeAsset(finding);
  const content = JSON.stringify(finding);
  const row = JSON.stringify({
    id: randomUUIDv7(),
    key: `\\x${buildKey(tool.format, fingerprint, asset)}`,
    content_hash: `\\x${hash('sha256', content, 'hex').slice(0, 16)}`,
    severity: severityNumbers[finding.severity.label],
    kind: finding.kind,
    tool: tool.name,
    rule_id: rule.id,
    title: finding.title,
    package_name: pkg?.name,
    place: describeReportedPlace(finding),
    asset,
    has_fix: (pkg?.fixedVersions ?? []).length > 0,
    is_known_exploited: finding.isKnownExploited ?? false,
    epss: epss?.score,
    suppression: finding.suppression?.kind,
  });
  return storable(`${row.slice(0, -1)},"content":${content}}`) + rowEnd;
}

/** How a row begins, for who does not look at the rest of it. */
const head =
  /^\{"id":"[^"]+","key":"\\\\x(?<key>\w+)","content_hash":"\\\\x(?<contentHash>\w+)"(?:,"duplicate_of":"\\\\x(?<duplicateOf>\w+)")?/;
const mostHeadCharacters = 256;

/** What tells whether a finding is known as it is, in hexadecimal digits. */
export interface RowHead {
  readonly key: string;
  readonly contentHash: string;
  readonly duplicateOf?: string;
}

/** Of the row that begins there. */
export function readRowHead(rows: Buffer, start: number): RowHead {
  return rows.toString('latin1', start, start + mostHeadCharacters).match(head)!.groups as unknown as RowHead;
}

/** Says of a printed row that it means the same problem as the finding with the key. */
export function markDuplicate(row: string, key: string): string {
  return row.replace(head, (start) => `${start},"duplicate_of":${JSON.stringify(key)}`);
}

export function describeAsset({ asset }: Pick<ReportedFinding, 'asset'>): string | undefined {
  return asset && `${asset.type} ${asset.name}`;
}

/** The same problem of two assets is two. */
function buildKey(format: string, fingerprint: string, asset: string | undefined): string {
  return hash('sha256', `${format} ${fingerprint} ${asset ?? ''}`, 'hex').slice(0, 32);
}

/** PostgreSQL keeps no zero bytes in texts, and no halves of characters. */
function storable(json: string): string {
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(
    JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\u{fffd}') : value)),
  );
}
