import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format, JsonVariant } from './format.ts';

/** Reports of Staticcheck: `staticcheck -f json`, one problem a line, or a list of them (https://staticcheck.dev/docs/running-staticcheck/cli/formatters/). */
export const staticcheck: Format = { id: 'staticcheck', name: 'Staticcheck', variants: [variant('$'), variant('$[]')] };

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${entry}.severity`, `${entry}.location.file`, `${entry}.message`) &&
      outline.matches(`${entry}.code`, /^(?:SA|ST|S|QF|U)\d{4}$|^compile$/),
    layout: { entries: [entry] },
    read({ value }) {
      const code = textAt(value, 'code');
      const severity = textAt(value, 'severity');
      if (code === 'compile') return { missing: 'package that does not compile' };
      return {
        kind: 'quality',
        rule: { id: code, helpUri: code && `https://staticcheck.dev/docs/checks/#${code}` },
        title: textAt(value, 'message') ?? code,
        severity,
        location: {
          path: textAt(value, 'location', 'file'),
          line: lineAt(value, 'location', 'line'),
          column: lineAt(value, 'location', 'column'),
          endLine: lineAt(value, 'end', 'line'),
        },
        suppression: severity === 'ignored' ? { kind: 'suppressed', reason: 'ignored in the code' } : undefined,
      };
    },
  };
}
