import { hashSecret } from '../hash-secret.ts';
import { isTrueAt, lineAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of TruffleHog: of version 3, `trufflehog --json`, one finding a line, between lines of its log, and of version 2. Secrets are hashed and never kept. */
export const trufflehog: Format = {
  id: 'trufflehog',
  name: 'TruffleHog',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.SourceMetadata', '$.DetectorName'),
      layout: { entries: ['$'] },
      read({ value }) {
        if (textAt(value, 'DetectorName') === undefined) return { skipped: 'line of the log' };
        const [source] = Object.values(objectAt(value, 'SourceMetadata', 'Data') ?? {});
        const isVerified = isTrueAt(value, 'Verified');
        return {
          kind: 'secret',
          rule: { id: textAt(value, 'DetectorName') },
          title: `${textAt(value, 'DetectorName')} secret${isVerified ? ', verified to be live' : ''}`,
          severityLabel: isVerified ? 'critical' : 'high',
          location: {
            path: textAt(source, 'file'),
            line: lineAt(source, 'line'),
            commit: textAt(source, 'commit'),
            url: textAt(source, 'link'),
          },
          foundAt: textAt(source, 'timestamp'),
          identity: hashSecret(textAt(value, 'Raw')),
        };
      },
    },
    // Version 2: one commit's change of a file a line.
    {
      form: 'json',
      recognises: (outline) => outline.has('$.stringsFound', '$.reason', '$.commitHash'),
      layout: { entries: ['$'] },
      read({ value }) {
        return {
          kind: 'secret',
          rule: { id: textAt(value, 'reason') },
          title: textAt(value, 'reason'),
          severityLabel: 'high',
          location: { path: textAt(value, 'path'), commit: textAt(value, 'commitHash') },
          foundAt: textAt(value, 'date'),
          identity: hashSecret(textsAt(value, 'stringsFound').join('\n')),
        };
      },
    },
  ],
};
