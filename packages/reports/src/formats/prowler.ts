import { isTrueAt, textAt, textsAt } from '../reading/read-field.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';
import { isOcsf, readOcsfFinding } from './ocsf.ts';

/** Reports of Prowler: JSON and CSV of all its versions (https://docs.prowler.com/projects/prowler-open-source/en/latest/tutorials/reporting/). */
export const prowler: Format = {
  id: 'prowler',
  name: 'Prowler',
  variants: [
    // Version 4 and later, `--output-formats json-ocsf`.
    ocsf('$[]'),
    ocsf('$'),
    // Version 3.
    version3('$[]'),
    version3('$'),
    // Version 2, one check a line.
    {
      form: 'json',
      recognises: (outline) => outline.has('$.Profile', '$.Account Number', '$.Control ID'),
      layout: { entries: ['$'] },
      read: ({ value }) => readVersion2((name) => textAt(value, name)),
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('AUTH_METHOD', 'CHECK_ID', 'STATUS', 'RESOURCE_UID'),
      layout: { columns: ['CHECK_ID', 'STATUS', 'RESOURCE_UID'] },
      read: readRow,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('ASSESSMENT_START_TIME', 'FINDING_UNIQUE_ID', 'CHECK_ID', 'STATUS'),
      layout: { columns: ['FINDING_UNIQUE_ID', 'CHECK_ID', 'STATUS'] },
      read: readRow,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('PROFILE', 'ACCOUNT_NUM', 'TITLE_ID', 'CHECK_RESULT'),
      layout: { columns: ['PROFILE', 'ACCOUNT_NUM', 'TITLE_ID', 'CHECK_RESULT'] },
      read: (entry) => readVersion2((name) => entry.field(version2Columns[name]!)),
    },
  ],
};

function ocsf(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => isOcsf(outline, entry) && outline.matches(`${entry}.metadata.product.name`, /^prowler$/i),
    layout: { entries: [entry] },
    read({ value }) {
      // What was muted is still new and failed.
      const isMuted = isTrueAt(value, 'unmapped', 'muted');
      const readings = [readOcsfFinding(value)].flat() as readonly Reading[];
      return isMuted
        ? readings.map((reading) => ('skipped' in reading ? reading : { ...reading, suppression: { kind: 'suppressed' } }))
        : readings;
    },
  };
}

function version3(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${entry}.FindingUniqueId`, `${entry}.CheckID`, `${entry}.StatusExtended`),
    layout: { entries: [entry] },
    read({ value }) {
      // Providers name the account each in its own way.
      const account = ['AccountId', 'SubscriptionId', 'Subscription', 'ProjectId'].map((name) => textAt(value, name)).find(Boolean);
      return readCheck({
        status: textAt(value, 'Status'),
        id: textAt(value, 'CheckID'),
        title: textAt(value, 'CheckTitle'),
        detail: textAt(value, 'StatusExtended'),
        description: textAt(value, 'Description'),
        risk: textAt(value, 'Risk'),
        remedy: textAt(value, 'Remediation', 'Recommendation', 'Text'),
        severity: textAt(value, 'Severity'),
        resource: textAt(value, 'ResourceArn') ?? textAt(value, 'ResourceId') ?? textAt(value, 'ResourceName'),
        account,
        region: textAt(value, 'Region') ?? textAt(value, 'Location'),
        references: [
          textAt(value, 'RelatedUrl'),
          textAt(value, 'Remediation', 'Recommendation', 'Url'),
          ...textsAt(value, 'AdditionalURLs'),
        ],
        foundAt: textAt(value, 'AssessmentStartTime'),
        fingerprint: textAt(value, 'FindingUniqueId'),
        isMuted: isTrueAt(value, 'Muted'),
      });
    },
  };
}

interface Check {
  readonly status: string | undefined;
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly detail: string | undefined;
  readonly description?: string | undefined;
  readonly risk?: string | undefined;
  readonly remedy?: string | undefined;
  readonly severity: string | undefined;
  readonly resource?: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly references?: readonly (string | undefined)[];
  readonly foundAt?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly version?: string | undefined;
  readonly isMuted?: boolean;
}

/** Version 3 calls the columns a little differently from version 4. */
function readRow(entry: CsvEntry): Reading {
  const field = (...names: readonly string[]): string | undefined => names.map((name) => entry.field(name)).find(Boolean);
  return readCheck({
    status: field('STATUS'),
    id: field('CHECK_ID'),
    title: field('CHECK_TITLE'),
    detail: field('STATUS_EXTENDED'),
    description: field('DESCRIPTION'),
    risk: field('RISK'),
    remedy: field('REMEDIATION_RECOMMENDATION_TEXT'),
    severity: field('SEVERITY'),
    resource: field('RESOURCE_UID', 'RESOURCE_ARN', 'RESOURCE_ID', 'RESOURCE_NAME'),
    account: field('ACCOUNT_UID', 'ACCOUNT_ID', 'SUBSCRIPTION', 'PROJECT_ID'),
    region: field('REGION', 'LOCATION'),
    references: [field('RELATED_URL'), field('REMEDIATION_RECOMMENDATION_URL'), ...(field('ADDITIONAL_URLS')?.split(' | ') ?? [])],
    foundAt: field('TIMESTAMP', 'ASSESSMENT_START_TIME'),
    fingerprint: field('FINDING_UID', 'FINDING_UNIQUE_ID'),
    version: field('PROWLER_VERSION'),
    isMuted: field('MUTED') === 'True',
  });
}

const version2Columns: Readonly<Record<string, string>> = {
  'Account Number': 'ACCOUNT_NUM',
  'Control ID': 'TITLE_ID',
  Control: 'TITLE_TEXT',
  Status: 'CHECK_RESULT',
  Message: 'CHECK_RESULT_EXTENDED',
  Severity: 'CHECK_SEVERITY',
  Region: 'REGION',
  'Resource ID': 'CHECK_RESOURCE_ID',
  Risk: 'CHECK_RISK',
  Remediation: 'CHECK_REMEDIATION',
  'Doc link': 'CHECK_DOC',
  Timestamp: 'TIMESTAMP',
};

function readVersion2(field: (name: string) => string | undefined): Reading {
  return readCheck({
    status: field('Status'),
    id: field('Control ID'),
    title: field('Control'),
    detail: field('Message'),
    risk: field('Risk'),
    remedy: field('Remediation'),
    severity: field('Severity'),
    resource: field('Resource ID'),
    account: field('Account Number'),
    region: field('Region'),
    references: [field('Doc link')],
    foundAt: field('Timestamp'),
  });
}

function readCheck(check: Check): Draft | { readonly skipped: string } {
  const status = check.status?.toUpperCase();
  if (status === 'PASS') return { skipped: 'passed check' };
  if (status === 'INFO') return { skipped: 'information' };
  if (status === 'MANUAL') return { skipped: 'check to be made by hand' };
  return {
    kind: 'misconfiguration',
    rule: { id: check.id },
    title: check.title,
    description: [check.description, check.detail, check.risk].filter(Boolean).join('\n\n'),
    remedy: check.remedy,
    severity: check.severity,
    location: { resource: check.resource, account: check.account, region: check.region },
    asset: check.account === undefined ? undefined : { type: 'cloud', name: check.account },
    references: (check.references ?? []).filter((text) => text !== undefined && /^https?:\/\//.test(text)) as string[],
    suppression: check.isMuted || status === 'WARNING' ? { kind: 'suppressed' } : undefined,
    foundAt: check.foundAt,
    ownFingerprint: check.fingerprint,
    // Version 2 has one sentence for each resource and no name for it.
    identity: check.resource === undefined ? check.detail : undefined,
    tool: { version: check.version },
  };
}
