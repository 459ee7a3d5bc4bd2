import { isTrueAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/**
 * Findings of IAM Access Analyzer: `aws accessanalyzer list-findings`
 * (https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummary.html). It does not rate them.
 */
export const awsAccessAnalyzer: Format = {
  id: 'aws-access-analyzer',
  name: 'IAM Access Analyzer',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        ['id', 'resourceType', 'resourceOwnerAccount', 'analyzedAt', 'status'].every((name) => outline.has(`$.findings[].${name}`)),
      layout: { entries: ['$.findings[]'] },
      read: ({ value }) => readFinding(value),
    },
  ],
};

function readFinding(value: unknown): Draft {
  const account = textAt(value, 'resourceOwnerAccount');
  const type = textAt(value, 'findingType') ?? 'ExternalAccess';
  const isPublic = isTrueAt(value, 'isPublic');
  const principals = Object.entries(objectAt(value, 'principal') ?? {}).map(([kind, name]) => `${kind} ${textAt(name) ?? ''}`.trim());
  const actions = textsAt(value, 'action');
  return {
    kind: 'misconfiguration',
    rule: { id: type, name: textAt(value, 'resourceType') },
    title: describeAccess(type, textAt(value, 'resourceType'), isPublic),
    description: [...principals.map((principal) => `To: ${principal}`), actions.length === 0 ? undefined : `May: ${actions.join(', ')}`]
      .filter((line) => line !== undefined)
      .join('\n'),
    location: { resource: textAt(value, 'resource'), account },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    suppression: suppressions.get(textAt(value, 'status') ?? ''),
    foundAt: textAt(value, 'createdAt'),
    ownFingerprint: textAt(value, 'id'),
  };
}

function describeAccess(type: string, resourceType: string | undefined, isPublic: boolean): string {
  const resource = resourceType ?? 'Resource';
  if (type !== 'ExternalAccess') return `${resource}: ${type}`;
  return isPublic ? `${resource} is open to everyone` : `${resource} is open to another account`;
}

const suppressions: ReadonlyMap<string, Draft['suppression']> = new Map([
  ['RESOLVED', { kind: 'fixed' }],
  ['ARCHIVED', { kind: 'suppressed' }],
]);
