import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { Draft, Format } from './format.ts';

const telling = ['Date', 'CweId', 'Url', 'Mitigation', 'Impact', 'References', 'Active', 'Verified', 'Vulnerability Id'];

/**
 * The exchange format of DefectDojo, in JSON and CSV, in which people put what no scanner's own format holds
 * (https://docs.defectdojo.com/supported_tools/parsers/generic_findings_import/).
 */
export const generic: Format = {
  id: 'generic',
  name: 'Generic findings',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.findings[].title', '$.findings[].description') &&
        outline.matches('$.findings[].severity', /^(?:critical|high|medium|low|info)$/i),
      isShared: true,
      layout: { entries: ['$.findings[]'], context: ['$.name', '$.type'] },
      read: ({ value, parents: [root] }) => ({ ...readFinding(value), tool: { name: textAt(root, 'name') ?? textAt(root, 'type') } }),
    },
    {
      form: 'csv',
      // Columns are left out freely; two of those that are told by their names tell the format.
      recognises: (outline) =>
        outline.hasColumns('Title', 'Description', 'Severity') && telling.filter((name) => outline.hasColumns('Title', name)).length >= 2,
      isShared: true,
      layout: { columns: ['Title', 'Description', 'Severity'] },
      read: readRow,
    },
  ],
};

function readFinding(value: unknown): Draft {
  const epss = numberAt(value, 'epss_score');
  const percentile = numberAt(value, 'epss_percentile');
  const title = textAt(value, 'title');
  const ids = [textAt(value, 'cve'), ...textsAt(value, 'vulnerability_ids')];
  return {
    kind: textAt(value, 'component_name') === undefined ? 'weakness' : 'vulnerability',
    rule: { id: textAt(value, 'vuln_id_from_tool') ?? title },
    title,
    description: joinTexts(textAt(value, 'description'), textAt(value, 'impact'), textAt(value, 'steps_to_reproduce')),
    remedy: textAt(value, 'mitigation'),
    severity: textAt(value, 'severity'),
    cvss: [
      { score: numberAt(value, 'cvssv3_score'), vector: textAt(value, 'cvssv3') },
      { score: numberAt(value, 'cvssv4_score'), vector: textAt(value, 'cvssv4'), version: '4.0' },
    ],
    cwes: parseCwes(...textsAt(value, 'cwe'), ...textsAt(value, 'cwes')),
    aliases: parseVulnerabilityIds(...ids),
    package: {
      name: textAt(value, 'component_name'),
      version: textAt(value, 'component_version'),
      fixedVersions: textsAt(value, 'fix_version'),
    },
    location: {
      path: textAt(value, 'file_path'),
      line: lineAt(value, 'line'),
      parameter: textAt(value, 'param'),
      ...readEndpoint(listAt(value, 'endpoints')[0] ?? listAt(value, 'locations')[0]),
    },
    references: textAt(value, 'references')?.match(/https?:\/\/[^\s<>)]+/g) ?? [],
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    isKnownExploited: isTrueAt(value, 'known_exploited'),
    suppression: readSuppression((name) => isTrueAt(value, name), textAt(value, 'active') === 'false'),
    foundAt: textAt(value, 'date'),
    publishedAt: textAt(value, 'publish_date'),
    ownFingerprint: textAt(value, 'unique_id_from_tool'),
  };
}

/** A text, or its parts. */
function readEndpoint(endpoint: unknown): Draft['location'] {
  const url = textAt(endpoint);
  if (url !== undefined) return { url };
  return { host: textAt(endpoint, 'host'), port: lineAt(endpoint, 'port'), protocol: textAt(endpoint, 'protocol') };
}

function readRow(entry: CsvEntry): Draft {
  const field = (...names: readonly string[]): string | undefined => names.map((name) => entry.field(name)).find(Boolean);
  const isTrue = (...names: readonly string[]): boolean => field(...names)?.toUpperCase() === 'TRUE';
  const epss = numberAt(field('epss_score', 'EPSS_score'));
  const title = field('Title');
  return {
    kind: 'weakness',
    rule: { id: title },
    title,
    description: joinTexts(field('Description'), field('Impact')),
    remedy: field('Mitigation'),
    severity: field('Severity'),
    cvss: [{ score: numberAt(field('CVSSV3_score', 'cvssv3_score')), vector: field('CVSSV3', 'cvssv3') }],
    cwes: parseCwes(field('CweId')),
    aliases: parseVulnerabilityIds(field('Vulnerability Id'), field('CVE', 'cve')),
    package: {
      name: field('component_name', 'Component Name'),
      version: field('component_version', 'Component Version'),
      fixedVersions: [field('fix_version')].filter((text) => text !== undefined),
    },
    location: { url: field('Url') },
    references: field('References')?.match(/https?:\/\/[^\s<>)]+/g) ?? [],
    epss: epss === undefined ? undefined : { score: epss },
    suppression: readSuppression((name) => isTrue(name, csvColumns.get(name) ?? name), field('Active')?.toUpperCase() === 'FALSE'),
    foundAt: field('Date'),
  };
}

const csvColumns: ReadonlyMap<string, string> = new Map([
  ['false_p', 'FalsePositive'],
  ['is_mitigated', 'IsMitigated'],
  ['risk_accepted', 'RiskAccepted'],
  ['duplicate', 'Duplicate'],
]);

function readSuppression(isSet: (name: string) => boolean, isInactive: boolean): Draft['suppression'] {
  if (isSet('false_p')) return { kind: 'false-positive' };
  if (isSet('is_mitigated')) return { kind: 'fixed' };
  if (isSet('risk_accepted')) return { kind: 'accepted' };
  return isSet('out_of_scope') || isSet('duplicate') || isInactive ? { kind: 'suppressed' } : undefined;
}

function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.filter((text) => text !== undefined).join('\n\n') || undefined;
}
