import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

const advisories = ['$.advisories{}[]', '$.advisories{}{}'];

/** Reports of `composer audit --format json`: advisories by package, those that were ignored, and packages that nobody maintains. */
export const composerAudit: Format = {
  id: 'composer-audit',
  name: 'Composer audit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        advisories.some((place) => outline.has(`${place}.advisoryId`)) ||
        (outline.has('$.advisories', '$.abandoned') && !outline.has('$.advisories{}{}') && !outline.has('$.metadata')),
      // PHP makes an object of a list that lacks items.
      layout: { entries: [...advisories, '$.ignored-advisories{}[]', '$.ignored-advisories{}{}', '$.abandoned{}'] },
      read: (entry) => (entry.path === '$.abandoned{}' ? readAbandoned(entry) : readAdvisory(entry)),
    },
  ],
};

function readAdvisory({ path, value, keys }: JsonEntry): Draft {
  const [id, link] = [textAt(value, 'advisoryId'), textAt(value, 'link')];
  const remote = listAt(value, 'sources').map((source) => textAt(source, 'remoteId'));
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: textAt(value, 'title'),
    description: textAt(value, 'affectedVersions') && `Affected versions: ${textAt(value, 'affectedVersions')}`,
    severity: textAt(value, 'severity'),
    aliases: parseVulnerabilityIds(textAt(value, 'cve'), ...remote, link),
    package: { name: textAt(value, 'packageName') ?? keys[0], ecosystem: 'Packagist' },
    references: link === undefined ? [] : [link],
    publishedAt: textAt(value, 'reportedAt'),
    suppression: path.startsWith('$.ignored') ? { kind: 'accepted', reason: textAt(value, 'ignoreReason') } : undefined,
    identity: id,
  };
}

function readAbandoned({ key, value }: JsonEntry): Draft {
  const replacement = textAt(value);
  return {
    kind: 'quality',
    rule: { id: 'abandoned' },
    title: key && `${key} is abandoned`,
    remedy: replacement && `Use ${replacement} instead.`,
    severityLabel: 'info',
    package: { name: key, ecosystem: 'Packagist' },
  };
}
