import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { lineAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, Reading } from './format.ts';

const flaws = '/detailedreport/severity/category/cwe';
const components = '/detailedreport/software_composition_analysis/vulnerable_components/component';

/**
 * Reports of Veracode: the detailed report in XML (https://docs.veracode.com/r/Detailed_XML_Report), findings of its REST API, of the pipeline
 * scan and of agent-based SCA.
 */
export const veracode: Format = {
  id: 'veracode',
  name: 'Veracode',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'detailedreport',
      layout: {
        entries: [...['staticflaws', 'dynamicflaws', 'manualflaws'].map((name) => `${flaws}/${name}/flaw`), components],
        context: ['/detailedreport/severity/category/recommendations'],
      },
      read: (entry) => (entry.path === components ? readComponent(entry) : readFlaw(entry)),
    },
    {
      form: 'json',
      recognises: (outline) =>
        ['$.findings[]', '$._embedded.findings[]'].some((finding) => outline.has(`${finding}.finding_details`, `${finding}.scan_type`)),
      layout: { entries: ['$.findings[]', '$._embedded.findings[]'] },
      read: readFinding,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.findings[].files.source_file', '$.findings[].issue_type') || outline.has('$.scan_id', '$.scan_status', '$.findings'),
      layout: { entries: ['$.findings[]'] },
      read: readPipelineFinding,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$._embedded.issues[].issue_type', '$._embedded.issues[].library'),
      layout: { entries: ['$._embedded.issues[]'] },
      read: readIssue,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Issue ID', 'Issue type', 'Library', 'Version in use', 'CVSS score'),
      layout: { columns: ['Issue ID', 'Issue type', 'Library', 'Version in use'] },
      read: readRow,
    },
  ],
};

/** https://docs.veracode.com/r/review_severity_exploitability: 5 very high to 1 very low, 0 is for information. */
const labels: readonly Severity[] = ['info', 'low', 'low', 'medium', 'high', 'critical'];

function rate(level: string | undefined): Pick<Draft, 'severity' | 'severityLabel'> {
  return { severity: level, severityLabel: level === undefined ? undefined : labels[Number(level)] };
}

function readFlaw({ element, parents: [root, , category] }: XmlEntry): Reading {
  const name = attributeOf(element, 'categoryname');
  const status = attributeOf(element, 'remediation_status');
  const cwe = attributeOf(element, 'cweid');
  const isAccepted = attributeOf(element, 'mitigation_status')?.toLowerCase() === 'accepted';
  const isFalse = /false ?positive/i.test(
    `${status} ${childrenAt(element, 'mitigations', 'mitigation')
      .map((item) => attributeOf(item, 'action'))
      .join()}`,
  );
  const app = attributeOf(root, 'app_name');
  return {
    kind: 'weakness',
    rule: { id: cwe === undefined ? name : `CWE-${cwe}`, name },
    title: name ?? attributeOf(element, 'type'),
    description: attributeOf(element, 'description'),
    remedy: readRecommendations(childAt(category, 'recommendations')),
    ...rate(attributeOf(element, 'severity')),
    cwes: parseCwes(cwe),
    location: {
      path: `${attributeOf(element, 'sourcefilepath') ?? ''}${attributeOf(element, 'sourcefile') ?? ''}` || undefined,
      line: lineAt(attributeOf(element, 'line')),
      url: attributeOf(element, 'url'),
      parameter: attributeOf(element, 'vuln_parameter'),
      resource: attributeOf(element, 'functionprototype'),
    },
    asset: app === undefined ? undefined : { type: 'build', name: app },
    references: findAddresses(attributeOf(element, 'description')),
    suppression: isAccepted ? { kind: isFalse ? 'false-positive' : 'accepted' } : status === 'Fixed' ? { kind: 'fixed' } : undefined,
    foundAt: attributeOf(element, 'date_first_occurrence'),
    // Of the application; it stays from scan to scan.
    ownFingerprint: [attributeOf(root, 'app_id'), attributeOf(element, 'issueid')].join(' '),
  };
}

function readRecommendations(element: XmlElement | undefined): string | undefined {
  const paragraphs = childrenAt(element, 'para').flatMap((para) => [
    attributeOf(para, 'text'),
    ...childrenAt(para, 'bulletitem').map((item) => `- ${attributeOf(item, 'text') ?? ''}`),
  ]);
  return paragraphs.filter((text) => text !== undefined).join('\n') || undefined;
}

function readComponent({ element, parents: [root] }: XmlEntry): Reading | readonly Reading[] {
  const vulnerabilities = childrenAt(element, 'vulnerabilities', 'vulnerability');
  if (vulnerabilities.length === 0) return { skipped: 'component without vulnerability' };
  const [ecosystem, ...coordinates] = attributeOf(element, 'library_id')?.split(':') ?? [];
  const name =
    ecosystem === 'maven' && coordinates[1] !== undefined ? `${coordinates[0]}:${coordinates[1]}` : attributeOf(element, 'library');
  const app = attributeOf(root, 'app_name');
  return vulnerabilities.map((vulnerability) => {
    const id = attributeOf(vulnerability, 'cve_id');
    const score = Number(attributeOf(vulnerability, 'cvss_score') ?? Number.NaN);
    return {
      kind: 'vulnerability',
      rule: { id },
      title: [id, name].filter((text) => text !== undefined).join(' in '),
      description: attributeOf(vulnerability, 'cve_summary'),
      ...rate(attributeOf(vulnerability, 'severity')),
      cvss: Number.isNaN(score) ? [] : [{ score }],
      cwes: parseCwes(attributeOf(vulnerability, 'cwe_id')),
      aliases: parseVulnerabilityIds(id),
      package: { name, version: attributeOf(element, 'version'), ecosystem },
      location: { path: attributeOf(childrenAt(element, 'file_paths', 'file_path')[0], 'value') },
      asset: app === undefined ? undefined : { type: 'build', name: app },
      suppression: attributeOf(vulnerability, 'mitigation')?.toLowerCase() === 'true' ? { kind: 'accepted' } : undefined,
      foundAt: attributeOf(vulnerability, 'first_found_date'),
    };
  });
}

function readFinding({ value }: JsonEntry): Reading {
  const details = objectAt(value, 'finding_details');
  const type = textAt(value, 'scan_type');
  const cve = textAt(details, 'cve', 'name');
  const name = textAt(details, 'finding_category', 'name') ?? textAt(details, 'cwe', 'name');
  const cwe = textAt(details, 'cwe', 'id');
  const isPackage = type === 'SCA';
  return {
    kind: isPackage ? 'vulnerability' : 'weakness',
    rule: { id: cve ?? (cwe === undefined ? name : `CWE-${cwe}`), name },
    title: isPackage ? [cve ?? name, textAt(details, 'component_filename')].filter((text) => text !== undefined).join(' in ') : name,
    description: stripMarkup(textAt(value, 'description')),
    ...rate(textAt(details, 'severity')),
    cvss: readCvss(details),
    cwes: parseCwes(cwe),
    aliases: parseVulnerabilityIds(cve),
    package: isPackage ? { name: textAt(details, 'component_filename'), version: textAt(details, 'version') } : undefined,
    location: {
      path: textAt(details, 'file_path') ?? textAt(details, 'component_path', 0, 'path'),
      line: lineAt(details, 'file_line_number'),
      url: textAt(details, 'url'),
      parameter: textAt(details, 'vulnerable_parameter'),
      resource: textAt(details, 'procedure'),
    },
    references: findAddresses(textAt(value, 'description')),
    suppression: readStatus(value),
    foundAt: textAt(value, 'finding_status', 'first_found_date'),
    ownFingerprint: isPackage ? undefined : [textAt(value, 'context_guid'), type, textAt(value, 'issue_id')].join(' '),
  };
}

function readCvss(details: unknown): Draft['cvss'] {
  const version3 = { score: numberAt(details, 'cve', 'cvss3', 'score'), vector: toVector(textAt(details, 'cve', 'cvss3', 'vector')) };
  const own = textAt(details, 'cvss');
  const scores = [version3, { score: numberAt(details, 'cvss'), vector: own?.includes('/') ? toVector(own) : undefined }];
  const found = scores.find(({ score, vector }) => score !== undefined || vector !== undefined);
  return found === undefined ? [] : [found];
}

/** Without its version it is of 3.1. */
function toVector(text: string | undefined): string | undefined {
  return text === undefined || text.startsWith('CVSS:') ? text : `CVSS:3.1/${text}`;
}

function readStatus(value: unknown): Draft['suppression'] {
  const resolution = textAt(value, 'finding_status', 'resolution');
  const isAccepted = textAt(value, 'finding_status', 'resolution_status') === 'APPROVED';
  if (isAccepted && resolution === 'POTENTIAL_FALSE_POSITIVE') return { kind: 'false-positive' };
  if (isAccepted) return { kind: 'accepted', reason: resolution };
  return textAt(value, 'finding_status', 'status') === 'CLOSED' ? { kind: 'fixed' } : undefined;
}

function readPipelineFinding({ value }: JsonEntry): Reading {
  const name = textAt(value, 'issue_type');
  const cwe = textAt(value, 'cwe_id');
  const source = ['files', 'source_file'] as const;
  return {
    kind: 'weakness',
    rule: { id: cwe === undefined ? name : `CWE-${cwe}`, name },
    title: name ?? textAt(value, 'title'),
    description: stripMarkup(textAt(value, 'display_text')),
    ...rate(textAt(value, 'severity')),
    cwes: parseCwes(cwe),
    location: {
      path: textAt(value, ...source, 'file'),
      line: lineAt(value, ...source, 'line'),
      resource: textAt(value, ...source, 'qualified_function_name') ?? textAt(value, ...source, 'function_name'),
    },
    references: findAddresses(textAt(value, 'flaw_details_link'), textAt(value, 'display_text')),
    identity: ['procedure_hash', 'prototype_hash', 'flaw_hash', 'cause_hash'].map((hash) => textAt(value, 'flaw_match', hash)).join(' '),
  };
}

function readIssue({ value }: JsonEntry): Reading {
  const name = textAt(value, 'library', 'name');
  const type = textAt(value, 'issue_type');
  const cve = toCve(textAt(value, 'vulnerability', 'cve'));
  const title = textAt(value, 'vulnerability', 'title');
  const license = textAt(value, 'license', 'name');
  const vector = textAt(value, 'vulnerability', 'cvss3_vector');
  return {
    kind: type === 'license' ? 'license' : type === 'library' ? 'quality' : 'vulnerability',
    rule: { id: cve ?? license ?? textAt(value, 'vulnerability', 'id') ?? type, helpUri: textAt(value, '_links', 'html', 'href') },
    title: [title ?? cve ?? license ?? type, name].filter((text) => text !== undefined).join(' in '),
    cvss: [{ score: numberAt(value, 'vulnerability', 'cvss3_score') ?? numberAt(value, 'severity'), vector: toVector(vector) }],
    cwes: parseCwes(textAt(value, 'vulnerability', 'cwe_id')),
    aliases: parseVulnerabilityIds(cve),
    package: { name, version: textAt(value, 'library', 'version') },
    asset: readProject(textAt(value, 'project_name')),
    suppression: readIssueStatus(textAt(value, 'ignored') ?? textAt(value, 'Ignored'), textAt(value, 'issue_status')),
    foundAt: textAt(value, 'created_date'),
    ownFingerprint: textAt(value, 'id'),
  };
}

function readRow({ field }: CsvEntry): Reading {
  const cve = toCve(field('CVE'));
  const name =
    field('Package manager') === 'MAVEN' && field('Coordinate 2') ? `${field('Coordinate 1')}:${field('Coordinate 2')}` : field('Library');
  const score = Number(field('CVSS score') ?? Number.NaN);
  const type = field('Issue type');
  return {
    kind: type === 'License' ? 'license' : type === 'Library' ? 'quality' : 'vulnerability',
    rule: { id: cve ?? type },
    title: [field('Title') ?? cve ?? type, name].filter((text) => text !== undefined).join(' in '),
    severity: field('Severity'),
    cvss: Number.isNaN(score) ? [] : [{ score }],
    aliases: parseVulnerabilityIds(cve),
    package: { name, version: field('Version in use'), fixedVersions: splitList(field('Fixed version')) },
    asset: readProject(field('Project')),
    suppression: readIssueStatus(field('Ignored'), field('Status')),
    ownFingerprint: field('Issue ID'),
  };
}

/** Written without its letters. */
function toCve(id: string | undefined): string | undefined {
  return id !== undefined && /^\d{4}-\d+$/.test(id) ? `CVE-${id}` : id;
}

function readProject(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'repository', name };
}

function readIssueStatus(ignored: string | undefined, status: string | undefined): Draft['suppression'] {
  if (ignored?.toLowerCase() === 'true') return { kind: 'suppressed' };
  return /^(?:resolved|fixed)$/i.test(status ?? '') ? { kind: 'fixed' } : undefined;
}
