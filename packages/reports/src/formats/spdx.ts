import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { TextEntry } from '../reading/read-text-entries.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** SPDX 2 documents in JSON and as tags and values (https://spdx.github.io/spdx-spec/v2.3/external-repository-identifiers/): the advisories that packages refer to. */
export const spdx: Format = {
  id: 'spdx',
  name: 'SPDX',
  variants: [
    // An attestation of in-toto has the document inside.
    ...['$', '$.predicate'].map((root): JsonVariant => ({
      form: 'json',
      recognises: (outline) => outline.matches(`${root}.spdxVersion`, /^SPDX-2/),
      layout: { entries: [`${root}.packages[]`], context: [`${root}.name`, `${root}.creationInfo`] },
      read: readPackage,
    })),
    {
      form: 'text',
      recognises: (outline) => outline.hasLine(/^SPDXVersion: SPDX-2/),
      layout: { begins: /^PackageName: /, continues: /^(?!PackageName:|FileName:|SnippetSPDXID:)/, context: /^Created: / },
      read: readTagValue,
    },
  ],
};

/** `ExternalRef: SECURITY advisory https://…`, and a comment to it on the next line. */
function readTagValue({ lines, context }: TextEntry): Reading | Reading[] {
  const find = (tag: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${tag}: `))
      ?.slice(tag.length + 2)
      .trim();
  const externalRefs = lines.flatMap((line, index) => {
    const [, referenceType, referenceLocator] = /^ExternalRef: \S+ (\S+) (\S+)/.exec(line) ?? [];
    const comment = /^ExternalRefComment: (?:<text>)?(.*?)(?:<\/text>)?$/.exec(lines[index + 1] ?? '')?.[1];
    return referenceType === undefined ? [] : [{ referenceType, referenceLocator, comment }];
  });
  const value = { name: find('PackageName'), versionInfo: find('PackageVersion'), externalRefs };
  return describePackage(value, context.at(-1)?.slice('Created: '.length));
}

function readPackage({ value, parents }: JsonEntry): Reading | Reading[] {
  return describePackage(value, textAt(parents.at(-1), 'creationInfo', 'created'));
}

function describePackage(value: unknown, foundAt: string | undefined): Reading | Reading[] {
  const references = listAt(value, 'externalRefs');
  const name = textAt(value, 'name');
  const purl = references.find((reference) => textAt(reference, 'referenceType') === 'purl');
  // Its category holds CPEs too, and where fixes and reports of defects are.
  const advisories = references.filter((reference) => textAt(reference, 'referenceType') === 'advisory');
  if (advisories.length === 0 && (name !== undefined || purl !== undefined)) return { skipped: 'package without advisory' };
  return advisories.map((advisory) => {
    const locator = textAt(advisory, 'referenceLocator');
    const ids = parseVulnerabilityIds(locator, textAt(advisory, 'comment'));
    const id = ids[0] ?? locator;
    return {
      kind: 'vulnerability',
      rule: { id, helpUri: locator },
      title: [id, name].filter(Boolean).join(' in '),
      description: textAt(advisory, 'comment'),
      aliases: ids,
      package: { ...parsePurl(textAt(purl, 'referenceLocator')), name, version: textAt(value, 'versionInfo') },
      references: locator !== undefined && /^https?:/.test(locator) ? [locator] : [],
      foundAt,
    };
  });
}
