import { findAddresses } from '../find-addresses.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** Reports of Yarn, one JSON a line or a list of them: `yarn audit --json` (1), `yarn npm audit --json --recursive` (4; 2 and 3 write what npm 6 writes). */
export const yarnAudit: Format = {
  id: 'yarn-audit',
  name: 'yarn audit',
  variants: (['$', '$[]'] as const).flatMap((entry): JsonVariant[] => [
    {
      form: 'json',
      recognises: (outline) => outline.matches(`${entry}.type`, /^audit(?:Advisory|Summary)$/),
      layout: { entries: [entry] },
      read: ({ value }) => readMessage(value),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has(`${entry}.value`, `${entry}.children.Issue`),
      layout: { entries: [entry] },
      read: ({ value }) => readTree(value),
    },
  ]),
};

function readMessage(value: unknown): Reading {
  const type = textAt(value, 'type');
  if (type === 'auditAdvisory') return readAdvisory(value);
  if (type === 'error') return { missing: 'error of yarn' };
  return { skipped: 'message without advisory' };
}

function readAdvisory(value: unknown): Draft {
  const advisory = objectAt(value, 'data', 'advisory');
  const path = textAt(value, 'data', 'resolution', 'path');
  const [ghsa, url] = [textAt(advisory, 'github_advisory_id'), textAt(advisory, 'url')];
  const vector = textAt(advisory, 'cvss', 'vectorString');
  const fixed = textAt(advisory, 'patched_versions');
  return {
    kind: 'vulnerability',
    rule: { id: ghsa ?? textAt(advisory, 'id'), helpUri: url },
    title: textAt(advisory, 'title'),
    description: textAt(advisory, 'overview'),
    remedy: textAt(advisory, 'recommendation'),
    severity: textAt(advisory, 'severity'),
    // 0 stands for an advisory that nobody scored.
    cvss: [{ vector, score: vector === undefined ? undefined : numberAt(advisory, 'cvss', 'score') }],
    cwes: parseCwes(...textsAt(advisory, 'cwe')),
    aliases: parseVulnerabilityIds(...textsAt(advisory, 'cves'), ghsa, url),
    package: {
      name: textAt(advisory, 'module_name'),
      version: listAt(advisory, 'findings').flatMap((item) => textAt(item, 'version') ?? [])[0],
      ecosystem: 'npm',
      // `<0.0.0` stands for none.
      fixedVersions: fixed === undefined || fixed === '<0.0.0' ? [] : [fixed],
    },
    location: { path: path ?? textAt(advisory, 'findings', 0, 'paths', 0) },
    references: findAddresses(textAt(advisory, 'references'), url),
    publishedAt: textAt(advisory, 'created'),
  };
}

/** A package, and below it what is known of it. */
function readTree(value: unknown): Draft {
  const issue = objectAt(value, 'children');
  const [id, url, name] = [textAt(issue, 'ID'), textAt(issue, 'URL'), textAt(value, 'value')];
  const isDeprecation = id?.includes('deprecat') ?? false;
  const aliases = parseVulnerabilityIds(url);
  return {
    kind: isDeprecation ? 'quality' : 'vulnerability',
    rule: { id: aliases[0] ?? (isDeprecation ? 'deprecation' : id), helpUri: url },
    title: textAt(issue, 'Issue'),
    severity: textAt(issue, 'Severity'),
    aliases,
    package: { name, version: textsAt(issue, 'Tree Versions')[0] ?? textAt(issue, 'Vulnerable Versions'), ecosystem: 'npm' },
    location: { path: textsAt(issue, 'Dependents')[0] },
    references: url === undefined ? [] : [url],
    identity: isDeprecation ? 'deprecation' : id,
  };
}
