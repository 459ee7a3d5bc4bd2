import { hashSecret } from '../hash-secret.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import { attributeOf, childrenAt } from '../reading/xml-element.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

const testcase = '/testsuites/testsuite/testcase';

/**
 * Reports of gitleaks: version 8 (`RuleID`, `Secret`; also `--report-format csv` and `junit`) and before (`rule`, `offender`). Secrets are
 * hashed and never kept.
 */
export const gitleaks: Format = {
  id: 'gitleaks',
  name: 'gitleaks',
  variants: [
    findings('$[]'),
    findings('$.findings[]'),
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('RuleID', 'Commit', 'File', 'Secret', 'StartLine', 'Fingerprint'),
      layout: { columns: ['RuleID', 'Commit', 'File', 'Secret', 'StartLine'] },
      read: ({ field }) => readFinding(field),
    },
    // A secret is a failure, whose text is the finding as in JSON. Others who name a suite after gitleaks name no file.
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'testsuites' &&
        outline.attribute('/testsuites/testsuite', 'name') === 'gitleaks' &&
        (!outline.has(testcase) || outline.attribute(testcase, 'file') !== undefined),
      layout: { entries: [testcase] },
      read({ element }) {
        const [failure] = childrenAt(element, 'failure');
        if (failure === undefined) return { skipped: 'passed check' };
        const finding = parseFinding(failure.text);
        return finding === undefined
          ? readSecret(attributeOf(failure, 'type'), attributeOf(failure, 'message'), undefined)
          : readFinding((name) => textAt(finding, name));
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

function findings(finding: string): JsonVariant {
  const members = ['RuleID', 'Secret', 'StartLine'].map((name) => `${finding}.${name}`);
  return {
    form: 'json',
    recognises: (outline) => outline.has(...members),
    layout: { entries: [finding] },
    read: ({ value }) => readFinding((name) => textAt(value, name)),
  };
}

/** Undefined when it is none. */
function parseFinding(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readFinding(field: (name: string) => string | undefined): Draft {
  return {
    ...readSecret(field('RuleID'), field('Description'), field('Secret')),
    location: {
      path: field('File'),
      line: lineAt(field('StartLine')),
      column: lineAt(field('StartColumn')),
      endLine: lineAt(field('EndLine')),
      commit: field('Commit'),
    },
    references: [field('Link')].filter((link) => link !== undefined),
    foundAt: field('Date'),
  };
}

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
