import { hashSecret } from '../hash-secret.ts';
import { lineAt, lineFromZeroAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Secretlint: `secretlint --format json`. Its messages may hold the secret: they are hashed, and what stands before it is kept. */
export const secretlint: Format = {
  id: 'secretlint',
  name: 'Secretlint',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$[].filePath', '$[].messages') && (outline.has('$[].sourceContentType') || outline.has('$[].messages[].ruleParentId')),
      layout: { entries: ['$[].messages[]'], context: ['$[].filePath'] },
      read({ value, parents }) {
        const id = textAt(value, 'ruleId');
        const message = textAt(value, 'message');
        return {
          kind: 'secret',
          rule: { id, name: textAt(value, 'messageId'), helpUri: textAt(value, 'docsUrl') },
          title: message?.replace(/:.*/s, '') ?? id,
          severity: textAt(value, 'severity'),
          location: {
            path: textAt(parents.at(-1), 'filePath'),
            line: lineAt(value, 'loc', 'start', 'line'),
            column: lineFromZeroAt(value, 'loc', 'start', 'column'),
            endLine: lineAt(value, 'loc', 'end', 'line'),
          },
          identity: hashSecret(message),
        };
      },
    },
  ],
};
