import type { Severity } from '@deployguard/findings';
import { isTrueAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

/**
 * Findings of Amazon GuardDuty: `aws guardduty get-findings`, events, and exports of one finding a line
 * (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html). Events and exports begin names of members with a small letter.
 */
export const awsGuardduty: Format = {
  id: 'aws-guardduty',
  name: 'Amazon GuardDuty',
  variants: [capital('$.Findings[]'), small('$.findings[]'), small('$.detail'), small('$[]'), small('$')],
};

function capital(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.matches(`${entry}.Arn`, /^arn:[\w-]+:guardduty:/) && outline.has(`${entry}.Type`),
    layout: { entries: [entry] },
    read: ({ value }) => readFinding(value, (name) => name),
  };
}

function small(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.matches(`${entry}.arn`, /^arn:[\w-]+:guardduty:/) && outline.has(`${entry}.type`),
    layout: { entries: [entry] },
    read: ({ value }) => readFinding(value, (name) => name[0]!.toLowerCase() + name.slice(1)),
  };
}

function readFinding(value: unknown, spell: (name: string) => string): Draft {
  const at = (...names: readonly string[]): readonly string[] => names.map(spell);
  const text = (...names: readonly string[]): string | undefined => textAt(value, ...at(...names));
  const severity = numberAt(value, ...at('Severity'));
  const resource = objectAt(value, ...at('Resource'));
  const account = text('AccountId');
  const names = [
    at('InstanceDetails', 'InstanceId'),
    at('AccessKeyDetails', 'UserName'),
    at('EksClusterDetails', 'Arn'),
    at('LambdaDetails', 'FunctionArn'),
  ];
  return {
    kind: 'weakness',
    rule: { id: text('Type') },
    title: text('Title') ?? text('Type'),
    description: text('Description'),
    severity: severity === undefined ? undefined : String(severity),
    severityLabel: severity === undefined ? undefined : rate(severity),
    location: {
      resource:
        names.map((path) => textAt(resource, ...path)).find((name) => name !== undefined) ?? textAt(resource, ...at('ResourceType')),
      account,
      region: text('Region'),
    },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    suppression: isTrueAt(value, ...at('Service', 'Archived')) ? { kind: 'suppressed' } : undefined,
    foundAt: text('Service', 'EventFirstSeen') ?? text('CreatedAt'),
    ownFingerprint: text('Arn'),
  };
}

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
function rate(severity: number): Severity {
  if (severity >= 9) return 'critical';
  if (severity >= 7) return 'high';
  if (severity >= 4) return 'medium';
  return severity >= 1 ? 'low' : 'info';
}
