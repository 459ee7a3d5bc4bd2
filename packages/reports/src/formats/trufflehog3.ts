import { hashSecret } from '../hash-secret.ts';
import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of trufflehog3, the fork in Python: of version 3 (`rule`, `secret`), and of version 2 (`reason`, `stringsFound`). Secrets are hashed and never kept. */
export const trufflehog3: Format = {
  id: 'trufflehog3',
  name: 'trufflehog3',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].rule.id', '$[].secret', '$[].context', '$[].path'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        return {
          kind: 'secret',
          rule: { id: textAt(value, 'rule', 'id'), name: textAt(value, 'rule', 'message') },
          title: textAt(value, 'rule', 'message'),
          severity: textAt(value, 'rule', 'severity'),
          cwes: [798],
          location: { path: textAt(value, 'path'), line: lineAt(value, 'line'), commit: textAt(value, 'commit') },
          foundAt: textAt(value, 'date'),
          identity: hashSecret(textAt(value, 'secret')),
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].stringsFound', '$[].reason', '$[].branch', '$[].commitHash'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        return {
          kind: 'secret',
          rule: { id: textAt(value, 'reason') },
          title: textAt(value, 'reason'),
          // It rates nothing; a secret is no small thing.
          severityLabel: 'high',
          cwes: [798],
          location: { path: textAt(value, 'path'), commit: textAt(value, 'commitHash') },
          foundAt: textAt(value, 'date'),
          identity: hashSecret(textsAt(value, 'stringsFound').join('\n')),
        };
      },
    },
  ],
};
