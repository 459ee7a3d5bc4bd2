import type { Severity } from '@deployguard/findings';
import { lineAt, textAt } from '../reading/read-field.ts';
import { attributeOf } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of PMD and of PHPMD, which writes the same XML: `pmd check --format xml|json|csv`, `phpmd … xml|json`. */
export const pmd: Format = {
  id: 'pmd',
  name: 'PMD',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'pmd',
      layout: { entries: ['/pmd/file/violation', '/pmd/suppressedviolation', '/pmd/error'] },
      read({ path, element, parents }) {
        if (path === '/pmd/error') return { missing: 'file that could not be analysed' };
        if (path === '/pmd/suppressedviolation')
          return {
            ...toDraft({ rule: undefined, ruleset: undefined, priority: undefined, message: attributeOf(element, 'msg'), url: undefined }),
            title: attributeOf(element, 'msg'),
            location: { path: attributeOf(element, 'filename') },
            suppression: { kind: 'suppressed', reason: attributeOf(element, 'usermsg') ?? attributeOf(element, 'suppressiontype') },
          };
        const url = attributeOf(element, 'externalInfoUrl');
        return {
          ...toDraft({
            rule: attributeOf(element, 'rule'),
            ruleset: attributeOf(element, 'ruleset'),
            priority: attributeOf(element, 'priority'),
            message: element.text.trim(),
            url,
          }),
          location: {
            path: attributeOf(parents[1], 'name'),
            line: lineAt(attributeOf(element, 'beginline')),
            column: lineAt(attributeOf(element, 'begincolumn')),
            endLine: lineAt(attributeOf(element, 'endline')),
          },
          tool: { name: url?.includes('phpmd.org') ? 'PHPMD' : undefined, version: attributeOf(parents[0], 'version') },
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.pmdVersion', '$.files') ||
        outline.matches('$.package', /^phpmd$/) ||
        outline.has('$.files[].violations[].ruleSet') ||
        outline.has('$.files[].violations[].ruleset', '$.files[].violations[].beginline', '$.files[].filename'),
      isToldByEntries: true,
      layout: {
        entries: ['$.files[].violations[]', '$.processingErrors[]'],
        context: ['$.files[].filename', '$.files[].file', '$.pmdVersion', '$.package', '$.version'],
      },
      read({ path, value, parents: [root, file] }) {
        if (path === '$.processingErrors[]') return { missing: 'file that could not be analysed' };
        const isPhp = textAt(file, 'file') !== undefined;
        return {
          ...toDraft({
            rule: textAt(value, 'rule'),
            ruleset: textAt(value, 'ruleset') ?? textAt(value, 'ruleSet'),
            priority: textAt(value, 'priority'),
            message: textAt(value, 'description'),
            url: textAt(value, 'externalInfoUrl'),
          }),
          location: {
            path: textAt(file, 'filename') ?? textAt(file, 'file'),
            line: lineAt(value, 'beginline') ?? lineAt(value, 'beginLine'),
            column: lineAt(value, 'begincolumn'),
            endLine: lineAt(value, 'endline') ?? lineAt(value, 'endLine'),
          },
          tool: { name: isPhp ? 'PHPMD' : undefined, version: textAt(root, 'pmdVersion') ?? textAt(root, 'version') },
        };
      },
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Package', 'File', 'Priority', 'Line', 'Description', 'Rule set', 'Rule'),
      layout: { columns: ['File', 'Priority', 'Line', 'Rule set', 'Rule'] },
      read({ field }) {
        return {
          ...toDraft({
            rule: field('Rule'),
            ruleset: field('Rule set'),
            priority: field('Priority'),
            message: field('Description'),
            url: undefined,
          }),
          location: { path: field('File'), line: lineAt(field('Line')) },
        };
      },
    },
  ],
};

interface Violation {
  readonly rule: string | undefined;
  readonly ruleset: string | undefined;
  readonly priority: string | undefined;
  readonly message: string | undefined;
  readonly url: string | undefined;
}

/** https://docs.pmd-code.org/latest/pmd_userdocs_configuring_rules.html: 1 is high, 2 medium high, 3 medium, 4 medium low, 5 low. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'high'],
  ['2', 'high'],
  ['3', 'medium'],
  ['4', 'low'],
  ['5', 'low'],
]);

function toDraft({ rule, ruleset, priority, message, url }: Violation): Draft & Reading {
  return {
    kind: ruleset === 'Security' ? 'weakness' : 'quality',
    rule: { id: rule, name: ruleset, helpUri: url },
    title: message ?? rule,
    severity: priority,
    severityLabel: labels.get(priority ?? ''),
  };
}
