import { hashSecret } from '../hash-secret.ts';
import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/**
 * Reports of Rusty Hog's scanners: Choctaw (Git), Duroc (files), Göttingen (Jira), Essex (Confluence), Ankamali (Google Docs), Berkshire (S3).
 * Secrets are hashed and never kept.
 */
export const rustyHog: Format = {
  id: 'rusty-hog',
  name: 'Rusty Hog',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$[].stringsFound', '$[].reason') &&
        // TruffleHog 2 names the branch.
        !outline.has('$[].branch') &&
        ['linenum', 'new_line_num', 'issue_id', 'page_id', 'g_drive_id', 'bucket'].some((name) => outline.has(`$[].${name}`)),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const reason = textAt(value, 'reason');
        return {
          kind: 'secret',
          rule: { id: reason },
          title: reason,
          description: textAt(value, 'location'),
          // Rusty Hog rates nothing; a secret is no small thing.
          severityLabel: 'high',
          cwes: [798],
          location: {
            path: textAt(value, 'path') ?? textAt(value, 'key'),
            line: lineAt(value, 'linenum') ?? lineAt(value, 'new_line_num'),
            commit: textAt(value, 'commitHash'),
            url: textAt(value, 'url') ?? textAt(value, 'web_link'),
            resource: textAt(value, 'issue_id') ?? textAt(value, 'page_id') ?? textAt(value, 'g_drive_id') ?? textAt(value, 'bucket'),
          },
          foundAt: textAt(value, 'date'),
          identity: [hashSecret(textsAt(value, 'stringsFound').join('\n')), textAt(value, 'location')].join(' '),
        };
      },
    },
  ],
};
