import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { findInTable } from '../reading/find-in-table.ts';
import { isTrueAt, lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, Reading, XmlVariant } from './format.ts';

const group = '/ReportDefinition/ReportSection/SubSection/IssueListing/Chart/GroupingSection';

/** Reports of OpenText Fortify: its archive (`.fpr`) and the FVDL in it, report definitions as XML, WebInspect's scan as XML, issues of the APIs of Software Security Center and Fortify on Demand. */
export const fortify: Format = {
  id: 'fortify',
  name: 'Fortify',
  variants: [
    fvdl('/Fpr', ({ root }) => root === 'Fpr'),
    fvdl('', ({ root }) => root === 'FVDL'),
    {
      form: 'xml',
      recognises: ({ root }) => root === 'ReportDefinition',
      layout: {
        entries: [`${group}/Issue`],
        context: [`${group}/MajorAttributeSummary`],
      },
      read: readListed,
    },
    {
      form: 'xml',
      recognises: (outline) => outline.has('/Scan/Issues/Issue/CheckTypeID'),
      layout: { entries: ['/Scan/Issues/Issue'] },
      read: readDynamic,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.data[].issueName', '$.data[].friority'),
      isToldByEntries: true,
      layout: { entries: ['$.data[]'] },
      read: ({ value }) => ({
        kind: 'weakness',
        rule: { id: textAt(value, 'primaryRuleGuid') ?? textAt(value, 'issueName'), name: textAt(value, 'issueName') },
        title: textAt(value, 'issueName'),
        severity: textAt(value, 'friority'),
        location: {
          path: textAt(value, 'fullFileName') ?? textAt(value, 'primaryLocation', 'fullFileName') ?? textAt(value, 'primaryLocation'),
          line: lineAt(value, 'lineNumber') ?? lineAt(value, 'primaryLocation', 'line'),
        },
        suppression:
          textAt(value, 'suppressed') === 'true'
            ? { kind: 'suppressed' }
            : textAt(value, 'removed') === 'true'
              ? { kind: 'fixed' }
              : undefined,
        foundAt: textAt(value, 'foundDate'),
        ownFingerprint: textAt(value, 'issueInstanceId'),
      }),
    },
    // Fortify on Demand: `GET /api/v3/releases/{releaseId}/vulnerabilities`, and `fcli fod issue list --output json`.
    {
      form: 'json',
      recognises: (outline) => outline.has('$.items[].vulnId', '$.items[].severityString', '$.items[].primaryLocationFull'),
      isToldByEntries: true,
      layout: { entries: ['$.items[]'] },
      read: readOnDemand,
    },
  ],
};

function readOnDemand({ value }: JsonEntry): Reading {
  const category = textAt(value, 'category');
  const place = textAt(value, 'primaryLocationFull') ?? textAt(value, 'primaryLocation');
  const isDynamic = textAt(value, 'scantype') === 'Dynamic';
  return {
    kind: 'weakness',
    rule: { id: category, name: textAt(value, 'kingdom') },
    title: category,
    severity: textAt(value, 'severityString'),
    severityLabel: textAt(value, 'severityString') === 'Best Practice' ? 'info' : undefined,
    cwes: parseCwes(textAt(value, 'cwe')),
    location: isDynamic ? { url: place } : { path: place, line: lineAt(value, 'lineNumber') },
    suppression: isTrueAt(value, 'isSuppressed') ? { kind: 'suppressed' } : isTrueAt(value, 'closedStatus') ? { kind: 'fixed' } : undefined,
    foundAt: textAt(value, 'introducedDate'),
    ownFingerprint: textAt(value, 'instanceId') ?? textAt(value, 'vulnId'),
  };
}

function fvdl(prefix: string, recognises: XmlVariant['recognises']): XmlVariant {
  const tables = {
    descriptions: `${prefix}/FVDL/Description`,
    rules: `${prefix}/FVDL/EngineData/RuleInfo/Rule`,
    audits: `${prefix}/Audit/IssueList/Issue`,
    project: `${prefix}/FVDL/Build/ProjectName`,
    version: `${prefix}/FVDL/EngineData/EngineVersion`,
  };
  return {
    form: 'xml',
    recognises,
    layout: {
      entries: [`${prefix}/FVDL/Vulnerabilities/Vulnerability`],
      tables: Object.values(tables),
    },
    read(entry) {
      const find = (path: string, name: string, key: string | undefined): XmlElement | undefined =>
        findInTable(entry.tables.get(path), key, (element) => attributeOf(element, name));
      const classId = childText(entry.element, 'ClassInfo', 'ClassID');
      return readVulnerability(entry, {
        description: find(tables.descriptions, 'classID', classId),
        rule: find(tables.rules, 'id', classId),
        audit: find(tables.audits, 'instanceId', childText(entry.element, 'InstanceInfo', 'InstanceID')),
        project: entry.tables.get(tables.project)?.at(0)?.text.trim(),
        version: entry.tables.get(tables.version)?.at(0)?.text.trim(),
      });
    },
  };
}

/** What the report says elsewhere about a vulnerability. */
interface Surroundings {
  readonly description: XmlElement | undefined;
  readonly rule: XmlElement | undefined;
  readonly audit: XmlElement | undefined;
  readonly project: string | undefined;
  readonly version: string | undefined;
}

function readVulnerability({ element }: XmlEntry, { description, rule, audit, project, version }: Surroundings): Reading {
  const title = [childText(element, 'ClassInfo', 'Type'), childText(element, 'ClassInfo', 'Subtype')]
    .filter((text) => text !== undefined)
    .join(': ');
  const place = findPlace(element);
  const definitions = childrenAt(element, 'AnalysisInfo', 'Unified', 'ReplacementDefinitions', 'Def');
  return {
    kind: 'weakness',
    rule: { id: childText(element, 'ClassInfo', 'ClassID') ?? title, name: title },
    title,
    description: readText(childText(description, 'Abstract'), definitions),
    remedy: readText(childText(description, 'Recommendations'), definitions),
    severity: childText(element, 'InstanceInfo', 'InstanceSeverity'),
    severityLabel: rate(element, rule),
    cwes: parseCwes(groupOf(rule, 'altcategoryCWE')?.replaceAll(/CWE ID /g, 'CWE-')),
    location: {
      path: attributeOf(place, 'path'),
      line: lineAt(attributeOf(place, 'line')),
      column: lineAt(attributeOf(place, 'colStart')),
      endLine: lineAt(attributeOf(place, 'lineEnd')),
      resource: attributeOf(childAt(element, 'AnalysisInfo', 'Unified', 'Context', 'Function'), 'name'),
    },
    asset: !project ? undefined : { type: 'repository', name: project },
    suppression: readAudit(audit),
    // Made by Fortify to stay the same from scan to scan.
    ownFingerprint: childText(element, 'InstanceInfo', 'InstanceID'),
    tool: { version },
  };
}

/** Of the node that is the main one of its trace; others may stand elsewhere in the report. */
function findPlace(element: XmlElement): XmlElement | undefined {
  const nodes = childrenAt(element, 'AnalysisInfo', 'Unified', 'Trace', 'Primary', 'Entry', 'Node');
  const main = nodes.find((node) => attributeOf(node, 'isDefault') === 'true') ?? nodes.find((node) => childAt(node, 'SourceLocation'));
  return childAt(main, 'SourceLocation') ?? childAt(element, 'AnalysisInfo', 'Unified', 'Context', 'FunctionDeclarationSourceLocation');
}

/**
 * Fortify's priority order: critical and high are of much impact, critical and medium are likely. The likelihood is
 * accuracy × confidence × probability / 25; where the rule does not tell, severity and confidence of the instance stand for them.
 */
function rate(element: XmlElement, rule: XmlElement | undefined): Severity | undefined {
  const numberOf = (text: string | undefined): number | undefined =>
    text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text);
  const confidence = numberOf(childText(element, 'InstanceInfo', 'Confidence'));
  const [accuracy, probability] = ['Accuracy', 'Probability'].map((name) => numberOf(groupOf(rule, name)));
  const impact = numberOf(groupOf(rule, 'Impact')) ?? numberOf(childText(element, 'InstanceInfo', 'InstanceSeverity'));
  if (impact === undefined || confidence === undefined) return undefined;
  const likelihood = accuracy === undefined || probability === undefined ? confidence : (accuracy * confidence * probability) / 25;
  if (impact >= 2.5) return likelihood >= 2.5 ? 'critical' : 'high';
  return likelihood >= 2.5 ? 'medium' : 'low';
}

function groupOf(rule: XmlElement | undefined, name: string): string | undefined {
  return childrenAt(rule, 'MetaInfo', 'Group')
    .find((item) => attributeOf(item, 'name') === name)
    ?.text.trim();
}

/** Texts name what they are about by keys: `<Replace key="PrimaryLocation.file"/>`. */
function readText(text: string | undefined, definitions: readonly XmlElement[]): string | undefined {
  const values = new Map(definitions.map((item) => [attributeOf(item, 'key'), attributeOf(item, 'value')]));
  return stripMarkup(text?.replaceAll(/<Replace key="([^"<>]*)"[^<>]*>/g, (_, key: string) => values.get(key) ?? ''));
}

function readAudit(audit: XmlElement | undefined): Draft['suppression'] {
  if (childTexts(audit, 'Tag', 'Value').includes('Not an Issue')) return { kind: 'false-positive' };
  return attributeOf(audit, 'suppressed') === 'true' ? { kind: 'suppressed' } : undefined;
}

/** Issues of each reading that were met before: reports may list them by category and again by another order. */
const listed = new WeakMap<XmlElement, Set<string>>();

function readListed({ element, parents }: XmlEntry): Reading {
  const id = attributeOf(element, 'iid');
  const seen = listed.get(parents[0]!) ?? new Set();
  listed.set(parents[0]!, seen);
  if (id !== undefined && seen.has(id)) return { skipped: 'listed a second time' };
  if (id !== undefined) seen.add(id);
  const texts = childrenAt(parents.at(-1), 'MajorAttributeSummary', 'MetaInfo');
  const textOf = (name: string): string | undefined =>
    stripMarkup(
      childText(
        texts.find((item) => childText(item, 'Name') === name),
        'Value',
      ),
    );
  const analysis = childrenAt(element, 'Tag').find((tag) => childText(tag, 'Name') === 'Analysis');
  return {
    kind: 'weakness',
    rule: { id: attributeOf(element, 'ruleID') ?? childText(element, 'Category'), name: childText(element, 'Category') },
    title: childText(element, 'Category'),
    description: childText(element, 'Abstract') ?? textOf('Abstract'),
    remedy: textOf('Recommendations'),
    severity: childText(element, 'Friority'),
    location: {
      path: childText(element, 'Primary', 'FilePath') ?? childText(element, 'Primary', 'FileName'),
      line: lineAt(childText(element, 'Primary', 'LineStart')),
      resource: childText(element, 'Primary', 'TargetFunction'),
    },
    suppression: childText(analysis, 'Value') === 'Not an Issue' ? { kind: 'false-positive' } : undefined,
    ownFingerprint: id,
  };
}

const dynamicLabels: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

function readDynamic({ element }: XmlEntry): Reading {
  const severity = childText(element, 'Severity');
  const host = childText(element, 'Host');
  return {
    kind: 'weakness',
    rule: { id: childText(element, 'VulnerabilityID') ?? childText(element, 'CheckTypeID'), name: childText(element, 'Name') },
    title: childText(element, 'Name'),
    severity,
    severityLabel: severity === undefined ? undefined : dynamicLabels[Number(severity)],
    cwes: parseCwes(...childTexts(element, 'Classifications', 'Classification')),
    location: { url: childText(element, 'URL'), host, parameter: childText(element, 'AttackParamDescriptor') },
    asset: host === undefined ? undefined : { type: 'web', name: host },
  };
}
