import { lineFromZeroAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Rules of Microsoft's and of tslint-config-security that are about security. */
const security =
  /^(?:tsr-|insecure-random$|non-literal-require$|possible-timing-attack$|react-(?:anchor-blank-noopener|iframe-missing-sandbox|no-dangerous-html)$|no-(?:banned-terms|cookies|delete-expression|disable-auto-sanitization|document-domain|document-write|eval|exec-script|function-constructor-with-string-args|http-string|inner-html|octal-literal|string-based-set-|unsupported-browser-code))/;

/** Reports of TSLint: `tslint --format json` (https://palantir.github.io/tslint/formatters/json/). */
export const tslint: Format = {
  id: 'tslint',
  name: 'TSLint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].ruleName', '$[].failure', '$[].startPosition', '$[].name'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const rule = textAt(value, 'ruleName');
        return {
          kind: security.test(rule ?? '') ? 'weakness' : 'quality',
          rule: { id: rule },
          title: textAt(value, 'failure') ?? rule,
          severity: textAt(value, 'ruleSeverity'),
          location: {
            path: textAt(value, 'name'),
            line: lineFromZeroAt(value, 'startPosition', 'line'),
            column: lineFromZeroAt(value, 'startPosition', 'character'),
            endLine: lineFromZeroAt(value, 'endPosition', 'line'),
            endColumn: lineFromZeroAt(value, 'endPosition', 'character'),
          },
        };
      },
    },
  ],
};
