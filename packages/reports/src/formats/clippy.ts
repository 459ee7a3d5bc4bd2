import { lineAt, listAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Messages of Cargo: `cargo clippy --message-format=json`, one a line (https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages). */
export const clippy: Format = {
  id: 'clippy',
  name: 'Clippy',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$.reason', /^(?:compiler-message|compiler-artifact|build-script-executed|build-finished)$/),
      layout: { entries: ['$'] },
      read({ value }) {
        if (textAt(value, 'reason') !== 'compiler-message') return { skipped: 'line of the log' };
        const code = textAt(value, 'message', 'code', 'code');
        const level = textAt(value, 'message', 'level');
        const spans = listAt(value, 'message', 'spans');
        const place = spans.find((span) => textAt(span, 'is_primary') === 'true') ?? spans[0];
        // "1 warning emitted", "aborting due to 2 previous errors".
        if (code === undefined && place === undefined) return { skipped: 'summary' };
        const message = textAt(value, 'message', 'message');
        return {
          kind: 'quality',
          rule: { id: code ?? message },
          title: message ?? code,
          severity: level,
          location: {
            path: textAt(place, 'file_name'),
            line: lineAt(place, 'line_start'),
            column: lineAt(place, 'column_start'),
            endLine: lineAt(place, 'line_end'),
          },
          tool: { name: code?.startsWith('clippy::') ? undefined : 'rustc' },
        };
      },
    },
  ],
};
