import { parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

/**
 * Reports of StackRox and Red Hat Advanced Cluster Security: `roxctl image scan`, `image check` and `deployment check` with `--output json`
 * (https://docs.openshift.com/acs/cli/).
 */
export const roxctl: Format = {
  id: 'roxctl',
  name: 'roxctl',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.result.vulnerabilities[].cveId', '$.result.summary'),
      layout: { entries: ['$.result.vulnerabilities[]'] },
      read: ({ value }) => readVulnerability(value),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results[].violatedPolicies', '$.summary'),
      layout: { entries: ['$.results[].violatedPolicies[]'], context: ['$.results[].metadata'] },
      read: readPolicy,
    },
  ],
};

function readVulnerability(value: unknown): Draft {
  const id = textAt(value, 'cveId');
  const name = textAt(value, 'componentName');
  const fixed = textAt(value, 'componentFixedVersion');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'cveInfo') },
    title: [id, name].filter((text) => text !== undefined).join(' in '),
    severity: textAt(value, 'cveSeverity'),
    cvss: [{ score: numberAt(value, 'cveCVSS') }],
    aliases: parseVulnerabilityIds(id, textAt(value, 'advisoryId')),
    package: { name, version: textAt(value, 'componentVersion'), fixedVersions: fixed === undefined ? [] : [fixed] },
  };
}

function readPolicy({ value, parents }: JsonEntry): Draft {
  const name = textAt(value, 'name');
  return {
    kind: 'misconfiguration',
    rule: { id: name },
    title: name,
    description: [textAt(value, 'description'), textAt(value, 'rationale'), ...textsAt(value, 'violation')]
      .filter((text) => text !== undefined)
      .join('\n'),
    remedy: textAt(value, 'remediation'),
    severity: textAt(value, 'severity')?.replace(/_SEVERITY$/, ''),
    location: { resource: textAt(parents.at(-1), 'metadata', 'additionalInfo', 'name') },
  };
}
