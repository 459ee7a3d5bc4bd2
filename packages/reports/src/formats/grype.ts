import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Anchore Grype: `grype --output json`. */
export const grype: Format = {
  id: 'grype',
  name: 'Grype',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.matches') &&
        (outline.matches('$.descriptor.name', /^grype$/) || outline.has('$.matches[].vulnerability.id', '$.matches[].artifact.name')),
      layout: { entries: ['$.matches[]', '$.ignoredMatches[]'], context: ['$.source', '$.descriptor'] },
      read({ path, value, parents: [root] }) {
        const id = textAt(value, 'vulnerability', 'id');
        const related = listAt(value, 'relatedVulnerabilities');
        const name = textAt(value, 'artifact', 'name');
        const fix = textAt(value, 'vulnerability', 'fix', 'state');
        const epss = numberAt(value, 'vulnerability', 'epss', 0, 'epss');
        const percentile = numberAt(value, 'vulnerability', 'epss', 0, 'percentile');
        const rule = objectAt(value, 'appliedIgnoreRules', 0);
        return {
          kind: 'vulnerability',
          rule: { id, helpUri: textAt(value, 'vulnerability', 'dataSource') },
          title: [id, name].filter(Boolean).join(' in '),
          description: textAt(value, 'vulnerability', 'description') ?? textAt(related[0], 'description'),
          remedy: fix === 'wont-fix' ? 'The vendor will not fix it.' : undefined,
          severity: textAt(value, 'vulnerability', 'severity'),
          cvss: [value, ...related].flatMap((holder, index) => readCvss(holder, index)),
          cwes: parseCwes(...listAt(value, 'vulnerability', 'cwes').map((cwe) => textAt(cwe, 'cwe'))),
          aliases: parseVulnerabilityIds(id, ...related.map((other) => textAt(other, 'id'))),
          package: {
            name,
            version: textAt(value, 'artifact', 'version'),
            purl: textAt(value, 'artifact', 'purl'),
            ecosystem: textAt(value, 'artifact', 'type'),
            fixedVersions: textsAt(value, 'vulnerability', 'fix', 'versions'),
          },
          location: {
            path: textAt(value, 'artifact', 'locations', 0, 'path'),
            layer: textAt(value, 'artifact', 'locations', 0, 'layerID'),
          },
          asset: readAsset(root),
          references: textsAt(value, 'vulnerability', 'urls'),
          epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
          isKnownExploited: listAt(value, 'vulnerability', 'knownExploited').length > 0,
          tool: { version: textAt(root, 'descriptor', 'version') },
          // By a rule of the user's, or a statement in VEX.
          suppression:
            path === '$.ignoredMatches[]' ? { kind: 'accepted', reason: textAt(rule, 'reason') ?? textAt(rule, 'vex-status') } : undefined,
        };
      },
    },
  ],
};

function readCvss(holder: unknown, index: number): CvssScore[] {
  return (index === 0 ? listAt(holder, 'vulnerability', 'cvss') : listAt(holder, 'cvss')).map((item) => {
    const score = numberAt(item, 'metrics', 'baseScore');
    const [vector, source, version] = [textAt(item, 'vector'), textAt(item, 'source'), textAt(item, 'version')];
    return {
      ...(version === '2.0' && { version }),
      ...(score !== undefined && { score }),
      ...(vector !== undefined && { vector }),
      ...(source !== undefined && { source }),
    };
  });
}

function readAsset(root: unknown): Draft['asset'] {
  const name = textAt(root, 'source', 'target', 'userInput') ?? textAt(root, 'source', 'target');
  return name === undefined ? undefined : { type: textAt(root, 'source', 'type') === 'image' ? 'image' : 'repository', name };
}
