import { createHash } from 'node:crypto';
import { isTrueAt, lineAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of TruffleHog 3: `trufflehog --json`, one finding a line, between lines of its log. Secrets are hashed and never kept. */
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
        const secret = textAt(value, 'Raw');
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
          identity: secret === undefined ? undefined : createHash('sha256').update(secret).digest('hex'),
        };
      },
    },
  ],
};
