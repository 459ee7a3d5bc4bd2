import { hashSecret } from '../hash-secret.ts';
import { textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Talisman: `talisman --scan`, the file `report.json`. Its messages may hold the secret: they are hashed, and what stands before it is kept. */
export const talisman: Format = {
  id: 'talisman',
  name: 'Talisman',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results[].failure_list') || outline.has('$.summary.types.filecontent', '$.results'),
      layout: {
        entries: ['$.results[].failure_list[]', '$.results[].warning_list[]', '$.results[].ignore_list[]'],
        context: ['$.results[].filename'],
      },
      read({ path, value, parents }) {
        const type = textAt(value, 'type');
        const message = textAt(value, 'message');
        return {
          kind: 'secret',
          rule: { id: type },
          title: message?.split(':', 1)[0]!.trim() ?? type,
          severity: textAt(value, 'severity'),
          location: { path: textAt(parents.at(-1), 'filename'), commit: textsAt(value, 'commits')[0] },
          suppression: path.endsWith('.ignore_list[]') ? { kind: 'suppressed', reason: 'ignored in .talismanrc' } : undefined,
          identity: hashSecret(message),
        };
      },
    },
  ],
};
