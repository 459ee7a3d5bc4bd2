import type { Severity } from '@deployguard/findings';
import { lineAt, listAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of CodeChecker, of Clang's analyzers and others: `CodeChecker parse --export json` and `CodeChecker cmd results --output json`. */
export const codechecker: Format = {
  id: 'codechecker',
  name: 'CodeChecker',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.reports[].report_hash', '$.reports[].checker_name') ||
        (outline.matches('$.version', /^1$/) && outline.hasList('$.reports') && !outline.has('$.reports[]')),
      isToldByEntries: true,
      layout: { entries: ['$.reports[]'] },
      read({ value }) {
        const severity = textAt(value, 'severity');
        return {
          kind: 'weakness',
          rule: { id: textAt(value, 'checker_name'), name: textAt(value, 'category') },
          title: textAt(value, 'message') ?? textAt(value, 'checker_name'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: {
            path: textAt(value, 'file', 'path') ?? textAt(value, 'file', 'original_path'),
            line: lineAt(value, 'line'),
            column: lineAt(value, 'column'),
          },
          suppression: readSuppression(value),
          // Of the checker, the file and the line's text; several paths may lead to one report.
          ownFingerprint: textAt(value, 'report_hash'),
          tool: { name: textAt(value, 'analyzer_name') },
        };
      },
    },
    // What a server keeps, with its numbers for words.
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].bugHash', '$[].checkerId', '$[].checkedFile'),
      layout: { entries: ['$[]'] },
      read: ({ value }) => ({
        kind: 'weakness',
        rule: { id: textAt(value, 'checkerId') },
        title: textAt(value, 'checkerMsg') ?? textAt(value, 'checkerId'),
        severity: textAt(value, 'severity'),
        severityLabel: labels.get(textAt(value, 'severity') ?? ''),
        location: { path: textAt(value, 'checkedFile'), line: lineAt(value, 'line'), column: lineAt(value, 'column') },
        suppression: readServerStatus(value),
        foundAt: textAt(value, 'detectedAt'),
        ownFingerprint: textAt(value, 'bugHash'),
        tool: { name: textAt(value, 'analyzerName') },
      }),
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['STYLE', 'info'],
  ['10', 'info'],
  ['20', 'low'],
  ['30', 'medium'],
  ['40', 'high'],
  ['50', 'critical'],
]);

const suppressions: ReadonlyMap<string, NonNullable<Draft['suppression']>['kind']> = new Map([
  ['false_positive', 'false-positive'],
  ['suppressed', 'suppressed'],
  ['suppress', 'suppressed'],
  ['intentional', 'accepted'],
]);

/** By a comment in the code, or by the review on the server. */
function readSuppression(value: unknown): Draft['suppression'] {
  const comment = listAt(value, 'source_code_comments')[0];
  const status = textAt(comment, 'status') ?? textAt(value, 'review_status', 'status') ?? textAt(value, 'review_status');
  const kind = suppressions.get(status?.toLowerCase() ?? '');
  return kind && { kind, reason: textAt(comment, 'message') ?? textAt(value, 'review_status', 'message') };
}

/** 2 is "false positive", 3 "intentional"; the detection status 1 is "resolved". */
function readServerStatus(value: unknown): Draft['suppression'] {
  const review = textAt(value, 'reviewData', 'status');
  const reason = textAt(value, 'reviewData', 'comment');
  if (review === '2') return { kind: 'false-positive', reason };
  if (review === '3') return { kind: 'accepted', reason };
  return textAt(value, 'detectionStatus') === '1' ? { kind: 'fixed' } : undefined;
}
