import { attributeOf } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/**
 * Reports in the XML of Checkstyle (https://checkstyle.org), which many linters write: ESLint, PHP_CodeSniffer, detekt, ShellCheck,
 * hadolint, TFLint, golangci-lint.
 */
export const checkstyle: Format = {
  id: 'checkstyle',
  name: 'Checkstyle',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'checkstyle',
      layout: { entries: ['/checkstyle/file/error', '/checkstyle/file/exception'] },
      read({ path, element, parents: [root, file] }) {
        if (path.endsWith('/exception')) return { skipped: 'failure of the linter' };
        const source = attributeOf(element, 'source');
        const message = attributeOf(element, 'message');
        const severity = attributeOf(element, 'severity');
        const line = Number(attributeOf(element, 'line'));
        const column = Number(attributeOf(element, 'column'));
        return {
          kind: 'quality',
          rule: { id: source?.replace(/^com\.puppycrawl\.tools\.checkstyle\.checks\./, '') ?? message },
          title: message,
          severity,
          severityLabel: severity === 'ignore' ? 'info' : undefined,
          location: {
            path: attributeOf(file, 'name'),
            line: Number.isSafeInteger(line) && line > 0 ? line : undefined,
            column: Number.isSafeInteger(column) && column > 0 ? column : undefined,
          },
          tool: source?.startsWith('com.puppycrawl.') ? { version: attributeOf(root, 'version') } : { name: findLinter(source) },
        };
      },
    },
  ],
};

/** By how linters begin the names of their rules. */
function findLinter(source: string | undefined): string | undefined {
  return linters.find(([beginning]) => source?.startsWith(beginning))?.[1];
}

const linters = [
  ['eslint.', 'ESLint'],
  ['detekt.', 'detekt'],
  ['ShellCheck.', 'ShellCheck'],
  ['PHP_CodeSniffer.', 'PHP_CodeSniffer'],
] as const;
