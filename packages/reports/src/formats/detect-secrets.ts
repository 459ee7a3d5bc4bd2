import { isTrueAt, lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Baselines of detect-secrets: `detect-secrets scan` (https://github.com/Yelp/detect-secrets). They hold hashes and no secrets. */
export const detectSecrets: Format = {
  id: 'detect-secrets',
  name: 'detect-secrets',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.plugins_used', '$.results'),
      layout: { entries: ['$.results{}[]'], context: ['$.version', '$.generated_at'] },
      read({ value, keys, parents: [root] }) {
        const type = textAt(value, 'type');
        const isVerified = isTrueAt(value, 'is_verified');
        return {
          kind: 'secret',
          rule: { id: type },
          title: isVerified && type !== undefined ? `${type}, verified to be live` : type,
          severityLabel: isVerified ? 'critical' : 'high',
          cwes: [798],
          location: { path: textAt(value, 'filename') ?? keys[0], line: lineAt(value, 'line_number') },
          // What people say in an audit.
          suppression: textAt(value, 'is_secret') === 'false' ? { kind: 'false-positive' } : undefined,
          foundAt: textAt(root, 'generated_at'),
          identity: textAt(value, 'hashed_secret'),
          tool: { version: textAt(root, 'version') },
        };
      },
    },
  ],
};
