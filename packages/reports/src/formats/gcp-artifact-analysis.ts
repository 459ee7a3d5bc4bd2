import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

/**
 * Vulnerabilities that Google's Artifact Analysis found in an image: `gcloud artifacts docker images describe --show-package-vulnerability
 * --format json` and `gcloud artifacts docker images list-vulnerabilities --format json` (https://cloud.google.com/artifact-analysis/docs).
 */
export const gcpArtifactAnalysis: Format = {
  id: 'gcp-artifact-analysis',
  name: 'Google Artifact Analysis',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.package_vulnerability_summary', '$.image_summary'),
      layout: { entries: ['$.package_vulnerability_summary.vulnerabilities{}[]'] },
      read: readOccurrence,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].noteName', '$[].resourceUri', '$[].vulnerability.packageIssue'),
      layout: { entries: ['$[]'] },
      read: readOccurrence,
    },
  ],
};

function readOccurrence({ value }: JsonEntry): Draft {
  const found = objectAt(value, 'vulnerability');
  const issue = listAt(found, 'packageIssue')[0];
  const id = textAt(value, 'noteName')?.split('/').at(-1);
  const fixed = textAt(issue, 'fixedVersion', 'fullName');
  const image = textAt(value, 'resourceUri')?.replace(/^https:\/\//, '');
  const name = textAt(issue, 'affectedPackage');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [textAt(found, 'shortDescription') ?? id, name].filter((text) => text !== undefined).join(' in '),
    description: textAt(found, 'longDescription'),
    severity: textAt(found, 'effectiveSeverity') ?? textAt(found, 'severity'),
    severityLabel: textAt(found, 'effectiveSeverity') === 'MINIMAL' ? 'info' : undefined,
    cvss: [
      { version: '2.0', score: numberAt(found, 'cvssV2', 'baseScore') },
      { version: '3.0', score: numberAt(found, 'cvssv3', 'baseScore') ?? numberAt(found, 'cvssScore') },
    ],
    aliases: parseVulnerabilityIds(textAt(found, 'shortDescription'), id),
    package: {
      name,
      version: textAt(issue, 'affectedVersion', 'fullName'),
      ecosystem: textAt(issue, 'packageType'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    location: { path: textAt(issue, 'fileLocation', 0, 'filePath') },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    references: listAt(found, 'relatedUrls').flatMap((reference) => textAt(reference, 'url') ?? []),
    foundAt: textAt(value, 'createTime'),
  };
}
