import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Loose } from './format.ts';

/** Reports of Mend, once WhiteSource: the unified agent's scan report, the exported list of vulnerabilities, and the API 2.0 and 3.0. */
export const mend: Format = {
  id: 'mend',
  name: 'Mend',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.libraries[].keyUuid') || outline.has('$.libraries[].vulnerabilities', '$.libraries[].filename'),
      layout: {
        entries: ['$.libraries[].vulnerabilities[]'],
        context: ['$.projectName', '$.productName'].concat(
          ['name', 'filename', 'artifactId', 'version', 'type', 'localPath', 'systemPath'].map((name) => `$.libraries[].${name}`),
        ),
      },
      read: ({ value, parents: [root, library] }) => toDraft(value, library, textAt(root, 'projectName')),
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.vulnerabilities[].library.keyUuid') || outline.has('$.vulnerabilities[].library', '$.vulnerabilities[].topFix'),
      layout: { entries: ['$.vulnerabilities[]'] },
      read: ({ value }) => toDraft(value, objectAt(value, 'library'), textAt(value, 'project')),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.response[].component', '$.response[].vulnerability'),
      layout: { entries: ['$.response[]'] },
      read: readPlatform,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.components[].response[].vulnerability'),
      layout: { entries: ['$.components[].response[]'] },
      read: readPlatform,
    },
  ],
};

function readPlatform({ value }: JsonEntry): Draft {
  const vulnerability = objectAt(value, 'vulnerability');
  const status = textAt(value, 'findingInfo', 'status');
  const draft = toDraft({ ...(value as object), ...vulnerability }, objectAt(value, 'component'), textAt(value, 'project', 'name'));
  return {
    ...draft,
    suppression: status === undefined || status === 'ACTIVE' ? undefined : { kind: 'suppressed', reason: status.toLowerCase() },
    isKnownExploited: false,
  };
}

function toDraft(value: unknown, library: unknown, project: string | undefined): Draft {
  const id = textAt(value, 'name');
  const name = textAt(library, 'artifactId') ?? textAt(library, 'name') ?? textAt(library, 'filename');
  const fix = objectAt(value, 'topFix');
  const url = textAt(value, 'url');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: url },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    remedy:
      [textAt(fix, 'message'), textAt(fix, 'fixResolution')].filter((text) => text !== undefined).join('\n') ||
      textAt(value, 'fixResolutionText'),
    severity: textAt(value, 'cvss3_severity') ?? textAt(value, 'severity'),
    cvss: readScores(value),
    cwes: parseCwes(...listAt(value, 'cwes').map((cwe) => textAt(cwe) ?? textAt(cwe, 'id'))),
    aliases: parseVulnerabilityIds(id),
    package: { name, version: textAt(library, 'version'), ecosystem: textAt(library, 'type') ?? textAt(library, 'libraryType') },
    location: {
      path:
        textAt(value, 'sourceFiles', 0, 'localPath') ??
        textAt(value, 'locations', 0, 'path') ??
        textAt(library, 'localPath') ??
        textAt(library, 'path') ??
        textAt(library, 'systemPath'),
    },
    asset: project === undefined ? undefined : { type: 'repository', name: project },
    references: [url, textAt(fix, 'url')].filter((text) => text !== undefined),
    publishedAt: textAt(value, 'publishDate'),
  };
}

function readScores(value: unknown): Loose<CvssScore>[] {
  const vector = textAt(value, 'scoreMetadataVector');
  const third = numberAt(value, 'cvss3_score');
  // The platform tells one score; the older reports that of version 2, and that of version 3 beside it.
  const other = numberAt(value, 'score');
  if (third === undefined) return [{ score: other, vector }];
  return [
    { version: '2.0', score: other },
    { version: '3.0', score: third, vector },
  ];
}
