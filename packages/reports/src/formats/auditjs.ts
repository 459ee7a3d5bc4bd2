import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Sonatype's AuditJS (`auditjs ossi --json`) and of other clients of OSS Index: a list of packages with their vulnerabilities. */
export const auditjs: Format = {
  id: 'auditjs',
  name: 'AuditJS',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$[].coordinates', /^pkg:/) && outline.hasList('$[].vulnerabilities'),
      layout: { entries: ['$[]'] },
      read({ value }): Reading | Reading[] {
        const purl = textAt(value, 'coordinates');
        const found = listAt(value, 'vulnerabilities').map((vulnerability) => readVulnerability(vulnerability, purl));
        return found.length === 0 && purl !== undefined ? { skipped: 'package without vulnerabilities' } : found;
      },
    },
  ],
};

function readVulnerability(value: unknown, purl: string | undefined): Draft {
  const [title, reference] = [textAt(value, 'title'), textAt(value, 'reference')];
  const cve = textAt(value, 'cve');
  return {
    kind: 'vulnerability',
    rule: { id: cve ?? textAt(value, 'id'), helpUri: reference },
    title,
    description: textAt(value, 'description'),
    cvss: [{ score: numberAt(value, 'cvssScore'), vector: textAt(value, 'cvssVector') }],
    cwes: parseCwes(textAt(value, 'cwe'), title),
    aliases: parseVulnerabilityIds(cve, textAt(value, 'id'), title),
    package: parsePurl(purl),
    references: reference === undefined ? [] : [reference],
  };
}
