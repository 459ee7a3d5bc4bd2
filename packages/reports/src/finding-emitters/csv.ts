import type { ReportedFinding } from '@deployguard/findings';
import { type CsvCell, printCsvRow } from '../print-csv-row.ts';
import type { FindingEmitter } from './finding-emitter.ts';

/** A row a finding, with a header; several values of a cell are parted by spaces. */
export const csv: FindingEmitter = {
  format: 'csv',
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8',
  async *emit(findings) {
    yield printCsvRow(columns.map(([name]) => ({ value: name })));
    for await (const finding of findings)
      yield printCsvRow(columns.map(([name, read]) => ({ value: read(finding), isText: texts.has(name) })));
  },
};

const texts: ReadonlySet<string> = new Set(['description', 'remedy']);

const columns: readonly (readonly [name: string, read: (finding: ReportedFinding) => CsvCell['value']])[] = [
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['kind', ({ kind }) => kind],
  ['severity', ({ severity }) => severity.label],
  ['tools', ({ tool, sources }) => (sources ? [...new Set(sources.map((source) => source.tool))].join(' + ') : tool.name)],
  ['rule', ({ rule }) => rule.id],
  ['title', ({ title }) => title],
  ['aliases', ({ aliases }) => aliases?.join(' ')],
  ['cwes', ({ cwes }) => cwes?.map((cwe) => `CWE-${cwe}`).join(' ')],
  ['cvss', ({ cvss }) => cvss?.map(({ score, vector }) => score ?? vector).join(' ')],
  ['epss', ({ epss }) => epss?.score],
  ['known_exploited', ({ isKnownExploited }) => isKnownExploited],
  ['package', (finding) => finding.package?.name],
  ['version', (finding) => finding.package?.version],
  ['fixed_versions', (finding) => finding.package?.fixedVersions?.join(' ')],
  ['path', ({ location }) => location?.path],
  ['line', ({ location }) => location?.line],
  ['column', ({ location }) => location?.column],
  ['url', ({ location }) => location?.url],
  ['host', ({ location }) => location?.host],
  ['port', ({ location }) => location?.port],
  ['resource', ({ location }) => location?.resource],
  ['asset', ({ asset }) => asset?.name],
  ['suppressed', ({ suppression }) => suppression?.kind],
  ['found_at', ({ foundAt }) => foundAt],
  ['description', ({ description }) => description],
  ['remedy', ({ remedy }) => remedy],
];
