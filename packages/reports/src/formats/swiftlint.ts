import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of SwiftLint: `swiftlint lint --reporter json` (https://github.com/realm/SwiftLint). */
export const swiftlint: Format = {
  id: 'swiftlint',
  name: 'SwiftLint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].rule_id', '$[].reason', '$[].character', '$[].severity', '$[].type'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const id = textAt(value, 'rule_id');
        return {
          kind: 'quality',
          rule: { id, name: textAt(value, 'type'), helpUri: id && `https://realm.github.io/SwiftLint/${id}.html` },
          title: textAt(value, 'reason') ?? id,
          severity: textAt(value, 'severity'),
          location: { path: textAt(value, 'file'), line: lineAt(value, 'line'), column: lineAt(value, 'character') },
        };
      },
    },
  ],
};
