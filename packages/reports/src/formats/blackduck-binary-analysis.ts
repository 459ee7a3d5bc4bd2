import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { Draft, Format, Loose } from './format.ts';

/** Black Duck Binary Analysis (once Protecode SC): the vulnerabilities of a scanned binary, in CSV. */
export const blackduckBinaryAnalysis: Format = {
  id: 'blackduck-binary-analysis',
  name: 'Black Duck Binary Analysis',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Component', 'CVE', 'Matching type', 'Object full path', 'Object SHA1'),
      layout: { columns: ['Component', 'CVE', 'Matching type', 'Object SHA1'] },
      read(entry): Draft {
        const id = entry.field('CVE');
        const name = entry.field('Component');
        const url = entry.field('Vulnerability URL');
        const note = entry.field('Note reason');
        return {
          kind: 'vulnerability',
          rule: { id, helpUri: url },
          title: [id, name].filter(Boolean).join(' in '),
          description: entry.field('Summary'),
          cvss: [
            readScore(entry, '2.0', 'CVSS', 'CVSS vector (v2)'),
            readScore(entry, '3.0', 'CVSS3', 'CVSS vector (v3)'),
            readScore(entry, '2.0', 'CVSS (Distribution)', undefined),
            readScore(entry, '3.0', 'CVSS3 (Distribution)', undefined),
          ],
          aliases: parseVulnerabilityIds(id),
          package: { name, version: entry.field('Version') },
          location: { path: entry.field('Object full path') ?? entry.field('Object') },
          references: url === undefined ? [] : [url],
          publishedAt: entry.field('CVE publication date'),
          // Who triaged a vulnerability leaves vectors or a note.
          suppression: entry.field('Triage vectors') || note ? { kind: 'accepted', reason: note } : undefined,
        };
      },
    },
  ],
};

/** 0 stands for a score that nobody gave. */
function readScore(entry: CsvEntry, version: CvssScore['version'], column: string, vectorColumn: string | undefined): Loose<CvssScore> {
  const score = Number(entry.field(column) ?? 0);
  const vector = vectorColumn && entry.field(vectorColumn);
  return { version, score: score > 0 ? score : undefined, vector: vector || undefined };
}
