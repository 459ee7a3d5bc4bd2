import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of `npm audit --json`: of npm 7 and later, by package, and of npm 6, by advisory, which pnpm and Yarn 2 and 3 write too. */
export const npmAudit: Format = {
  id: 'npm-audit',
  name: 'npm audit',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.auditReportVersion', '$.vulnerabilities'),
      layout: { entries: ['$.vulnerabilities{}'] },
      read({ key, value }) {
        const advisories = listAt(value, 'via').filter((item) => objectAt(item) !== undefined);
        // A text names another package of the report, whose advisory it is.
        if (advisories.length === 0) return { skipped: 'depends on a vulnerable package' };
        return advisories.map((advisory) => readAdvisory(advisory, key, value));
      },
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasObject('$.advisories') &&
        outline.has('$.metadata') &&
        (outline.has('$.actions') ||
          outline.has('$.muted') ||
          outline.has('$.advisories{}.module_name', '$.advisories{}.vulnerable_versions')),
      layout: { entries: ['$.advisories{}'] },
      read({ value }) {
        const name = textAt(value, 'module_name');
        const versions = listAt(value, 'findings').map((item) => textAt(item, 'version'));
        return {
          kind: 'vulnerability',
          rule: { id: textAt(value, 'github_advisory_id') ?? textAt(value, 'id'), helpUri: textAt(value, 'url') },
          title: textAt(value, 'title'),
          description: textAt(value, 'overview'),
          remedy: textAt(value, 'recommendation'),
          severity: textAt(value, 'severity'),
          cvss: readCvss(value),
          cwes: parseCwes(...textsAt(value, 'cwe')),
          aliases: parseVulnerabilityIds(...textsAt(value, 'cves'), textAt(value, 'github_advisory_id'), textAt(value, 'url')),
          package: { name, version: versions[0], ecosystem: 'npm' },
          location: { path: textAt(value, 'findings', 0, 'paths', 0) },
          references: textsAt(value, 'references').flatMap((text) => text.match(/https?:\/\/[^\s)\]]+/g) ?? []),
          publishedAt: textAt(value, 'created'),
        };
      },
    },
  ],
};

function readAdvisory(advisory: unknown, key: string | undefined, holder: unknown): Draft {
  const url = textAt(advisory, 'url');
  const [id] = parseVulnerabilityIds(url);
  const fix = objectAt(holder, 'fixAvailable');
  return {
    kind: 'vulnerability',
    rule: { id: id ?? textAt(advisory, 'source'), helpUri: url },
    title: textAt(advisory, 'title'),
    remedy: fix && `Update ${textAt(fix, 'name') ?? 'the package'} to ${textAt(fix, 'version') ?? 'a newer version'}.`,
    severity: textAt(advisory, 'severity'),
    cvss: readCvss(advisory),
    cwes: parseCwes(...textsAt(advisory, 'cwe')),
    aliases: parseVulnerabilityIds(url),
    package: { name: textAt(advisory, 'name') ?? key, version: textAt(advisory, 'range'), ecosystem: 'npm' },
    location: { path: textAt(holder, 'nodes', 0) },
    references: url === undefined ? [] : [url],
  };
}

function readCvss(advisory: unknown): CvssScore[] {
  const score = numberAt(advisory, 'cvss', 'score');
  const vector = textAt(advisory, 'cvss', 'vectorString');
  // npm writes 0 where nobody has scored it.
  if (vector === undefined) return [];
  return [{ vector, ...(score !== undefined && { score }) }];
}
