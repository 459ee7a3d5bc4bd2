import { hashSecret } from '../hash-secret.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of gitleaks: version 8 (`RuleID`, `Secret`) and before (`rule`, `offender`). Secrets are hashed and never kept. */
export const gitleaks: Format = {
  id: 'gitleaks',
  name: 'gitleaks',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].RuleID', '$[].Secret', '$[].StartLine'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        return {
          ...readSecret(textAt(value, 'RuleID'), textAt(value, 'Description'), textAt(value, 'Secret')),
          location: {
            path: textAt(value, 'File'),
            line: lineAt(value, 'StartLine'),
            column: lineAt(value, 'StartColumn'),
            endLine: lineAt(value, 'EndLine'),
            commit: textAt(value, 'Commit'),
          },
          foundAt: textAt(value, 'Date'),
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].offender', '$[].rule', '$[].commit'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        return {
          ...readSecret(textAt(value, 'rule'), undefined, textAt(value, 'offender')),
          location: { path: textAt(value, 'file'), line: lineAt(value, 'lineNumber'), commit: textAt(value, 'commit') },
          foundAt: textAt(value, 'date'),
        };
      },
    },
  ],
};

function readSecret(id: string | undefined, title: string | undefined, secret: string | undefined): Draft {
  return {
    kind: 'secret',
    rule: { id },
    title: title ?? id,
    // gitleaks rates nothing; a secret in a repository is no small thing.
    severityLabel: 'high',
    identity: hashSecret(secret),
  };
}
