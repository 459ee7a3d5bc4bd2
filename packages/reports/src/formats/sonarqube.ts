import type { Severity } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, lineFromZeroAt, listAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { findInList } from '../reading/find-in-list.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childrenAt, deepText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, Reading } from './format.ts';

const row = '/html/body/div/table/tbody/tr';

/**
 * Answers of the API of SonarQube and SonarCloud (`api/issues/search`, `api/hotspots/search`), reports of sonar-report as JSON and HTML, and
 * issues of others in the form that SonarQube takes in.
 */
export const sonarqube: Format = {
  id: 'sonarqube',
  name: 'SonarQube',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.issues') &&
        (outline.has('$.effortTotal', '$.paging') ||
          outline.has('$.issues[].rule', '$.issues[].component', '$.issues[].key') ||
          outline.has('$.sonarBaseURL', '$.rules')),
      isToldByEntries: true,
      layout: { entries: ['$.issues[]'], context: ['$.rules', '$.sonarBaseURL'] },
      read: readIssue,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.hotspots') && (outline.has('$.hotspots[].vulnerabilityProbability') || outline.has('$.paging', '$.components')),
      isToldByEntries: true,
      layout: { entries: ['$.hotspots[]'] },
      read: readHotspot,
    },
    // What others write for SonarQube to read: the generic issue format, whose older kind rates the issue and whose newer kind rates its rule.
    {
      form: 'json',
      recognises: (outline) => outline.has('$.issues[].ruleId', '$.issues[].primaryLocation.filePath'),
      isToldByEntries: true,
      layout: { entries: ['$.issues[]'], context: ['$.rules'] },
      read: readExternalIssue,
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'html' && outline.attribute('/html/body/div', 'class') === 'summup',
      layout: { entries: [row], context: ['/html/body/div/table/thead'], tables: [row], isHtml: true },
      read: readRow,
    },
  ],
};

/** Of https://docs.sonarsource.com/sonarqube-server/user-guide/rules/rules-overview/ and of the impacts that took their place. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['BLOCKER', 'critical'],
  ['CRITICAL', 'high'],
  ['MAJOR', 'medium'],
  ['MINOR', 'low'],
]);

function readIssue({ value, parents: [root] }: JsonEntry): Reading {
  const id = textAt(value, 'rule');
  const rule = findRule(root?.['rules'], id);
  const message = textAt(value, 'message');
  const impact = findImpact(listAt(value, 'impacts'));
  const severity = textAt(value, 'severity') ?? textAt(impact, 'severity');
  const type = textAt(value, 'type');
  const aliases = parseVulnerabilityIds(message);
  const html = textAt(rule, 'htmlDesc');
  return {
    kind: aliases.length > 0 ? 'vulnerability' : type === 'BUG' || type === 'CODE_SMELL' ? 'quality' : 'weakness',
    rule: { id, name: textAt(rule, 'name'), helpUri: readRuleAddress(root, id) },
    title: textAt(value, 'description') ?? message,
    description: message,
    remedy: stripMarkup(html),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cwes: parseCwes(...textsAt(value, 'tags').filter((tag) => /^cwe-\d/.test(tag)), ...(html?.match(/CWE-\d+/g) ?? [])),
    aliases,
    location: {
      path: readPath(value),
      line: lineAt(value, 'textRange', 'startLine') ?? lineAt(value, 'line'),
      endLine: lineAt(value, 'textRange', 'endLine') ?? lineAt(value, 'endLine'),
    },
    asset: readAsset(value),
    suppression: readStatus(textAt(value, 'issueStatus') ?? textAt(value, 'resolution') ?? textAt(value, 'status')),
    foundAt: textAt(value, 'creationDate'),
    // Sonar follows an issue through the changes of its file.
    ownFingerprint: textAt(value, 'key'),
  };
}

/** https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format */
function readExternalIssue({ value, parents: [root] }: JsonEntry): Reading {
  const id = textAt(value, 'ruleId');
  const rule = findInList(listAt(root, 'rules'), id, (item) => textAt(item, 'id'));
  const message = textAt(value, 'primaryLocation', 'message');
  const type = textAt(value, 'type') ?? textAt(rule, 'type');
  const impact = findImpact(listAt(rule, 'impacts'));
  const severity = textAt(value, 'severity') ?? textAt(rule, 'severity') ?? textAt(impact, 'severity');
  const aliases = parseVulnerabilityIds(id, message);
  const isWeakness = type === 'VULNERABILITY' || type === 'SECURITY_HOTSPOT' || textAt(impact, 'softwareQuality') === 'SECURITY';
  return {
    kind: aliases.length > 0 ? 'vulnerability' : isWeakness ? 'weakness' : 'quality',
    rule: { id, name: textAt(rule, 'name') },
    title: message ?? textAt(rule, 'name'),
    description: stripMarkup(textAt(rule, 'description')),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cwes: parseCwes(...(message?.match(/CWE-\d+/g) ?? [])),
    aliases,
    location: {
      path: textAt(value, 'primaryLocation', 'filePath'),
      line: lineAt(value, 'primaryLocation', 'textRange', 'startLine'),
      column: lineFromZeroAt(value, 'primaryLocation', 'textRange', 'startColumn'),
      endLine: lineAt(value, 'primaryLocation', 'textRange', 'endLine'),
    },
    tool: { name: textAt(value, 'engineId') ?? textAt(rule, 'engineId') },
  };
}

/** That on security, if there is one. */
function findImpact(impacts: readonly unknown[]): unknown {
  return impacts.find((item) => textAt(item, 'softwareQuality') === 'SECURITY') ?? impacts[0];
}

/** The table of findings stands between a summary and the table of rules. */
function readRow({ element, parents, tables }: XmlEntry): Reading {
  const names = childrenAt(parents.at(-2), 'thead', 'tr', 'th').map((cell) => deepText(cell));
  if (!names.includes('Component')) return { skipped: 'row of another table' };
  const cells = childrenAt(element, 'td').map((cell) => deepText(cell));
  const at = (name: string): string | undefined => cells[names.indexOf(name)];
  const id = at('Rule');
  const severity = at('Severity');
  const [, explanation] = childrenAt(
    findInTable(tables.get(row), id, (rule) => (childrenAt(rule, 'td').length === 2 ? deepText(childrenAt(rule, 'td')[0]) : undefined)),
    'td',
  );
  const remedy = deepText(explanation);
  return {
    kind: 'weakness',
    rule: { id },
    title: at('Description') ?? at('Message'),
    description: at('Message'),
    remedy,
    severity,
    severityLabel: labels.get(severity ?? ''),
    cwes: parseCwes(...(remedy?.match(/CWE-\d+/g) ?? [])),
    location: { path: at('Component'), line: lineAt(at('Line')) },
    suppression: readStatus(at('Status')),
    ownFingerprint: at('Key'),
  };
}

/** By name in sonar-report, a list in the API. */
function findRule(rules: unknown, id: string | undefined): unknown {
  if (id === undefined) return undefined;
  return objectAt(rules, id) ?? findInList(listAt(rules), id, (rule) => textAt(rule, 'key'));
}

function readRuleAddress(root: unknown, id: string | undefined): string | undefined {
  const base = textAt(root, 'sonarBaseURL');
  return base === undefined || id === undefined ? undefined : `${base}/coding_rules#rule_key=${encodeURIComponent(id.toWellFormed())}`;
}

function readHotspot({ value }: JsonEntry): Reading {
  const category = textAt(value, 'securityCategory');
  return {
    kind: 'weakness',
    rule: { id: textAt(value, 'ruleKey') ?? category, name: category },
    title: textAt(value, 'message') ?? category,
    severity: textAt(value, 'vulnerabilityProbability'),
    location: {
      path: readPath(value),
      line: lineAt(value, 'textRange', 'startLine') ?? lineAt(value, 'line'),
      endLine: lineAt(value, 'textRange', 'endLine'),
    },
    asset: readAsset(value),
    suppression: readStatus(textAt(value, 'resolution')),
    foundAt: textAt(value, 'creationDate'),
    ownFingerprint: textAt(value, 'key'),
  };
}

/** A component is a file behind the key of its project, which may itself hold a colon; alone it is the project. */
function readPath(value: unknown): string | undefined {
  const component = textAt(value, 'component');
  const project = textAt(value, 'project');
  if (component === undefined || component === project) return undefined;
  if (project !== undefined && component.startsWith(`${project}:`)) return component.slice(project.length + 1);
  return component.slice(component.lastIndexOf(':') + 1);
}

function readAsset(value: unknown): Draft['asset'] {
  const project = textAt(value, 'project');
  return project === undefined ? undefined : { type: 'repository', name: project };
}

const suppressions: ReadonlyMap<string, Draft['suppression']> = new Map([
  ['FALSE-POSITIVE', { kind: 'false-positive' }],
  ['FALSE_POSITIVE', { kind: 'false-positive' }],
  ['SAFE', { kind: 'false-positive' }],
  ['WONTFIX', { kind: 'accepted' }],
  ['ACCEPTED', { kind: 'accepted' }],
  ['ACKNOWLEDGED', { kind: 'accepted' }],
  ['FIXED', { kind: 'fixed' }],
  ['REMOVED', { kind: 'fixed' }],
  ['CLOSED', { kind: 'fixed' }],
]);

function readStatus(word: string | undefined): Draft['suppression'] {
  return suppressions.get(word ?? '');
}
