import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of golangci-lint: `golangci-lint run --output.json.path`, before version 2 `--out-format json`. */
export const golangciLint: Format = {
  id: 'golangci-lint',
  name: 'golangci-lint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.Issues[].FromLinter') || outline.has('$.Issues', '$.Report.Linters'),
      layout: { entries: ['$.Issues[]'] },
      read({ value }) {
        const linter = textAt(value, 'FromLinter');
        const text = textAt(value, 'Text');
        if (linter === 'typecheck') return { missing: 'package that does not compile' };
        // Linters of many rules begin the text with the rule's: `SA4006: this value is never used`.
        const rule = /^([A-Z]+\d+): /.exec(text ?? '')?.[1];
        return {
          kind: linter === 'gosec' ? 'weakness' : 'quality',
          rule: { id: rule ?? linter, name: linter },
          title: text ?? linter,
          severity: textAt(value, 'Severity'),
          location: {
            path: textAt(value, 'Pos', 'Filename'),
            line: lineAt(value, 'Pos', 'Line') ?? lineAt(value, 'LineRange', 'From'),
            column: lineAt(value, 'Pos', 'Column'),
            endLine: lineAt(value, 'LineRange', 'To'),
          },
        };
      },
    },
  ],
};
