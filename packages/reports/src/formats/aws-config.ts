import { objectAt, textAt } from '../reading/read-field.ts';
import type { Format, Reading } from './format.ts';

/**
 * Results of rules of AWS Config: `aws configservice get-compliance-details-by-config-rule`
 * (https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html).
 */
export const awsConfig: Format = {
  id: 'aws-config',
  name: 'AWS Config',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.EvaluationResults[].EvaluationResultIdentifier', '$.EvaluationResults[].ComplianceType'),
      layout: { entries: ['$.EvaluationResults[]'] },
      read: ({ value }) => readResult(value),
    },
  ],
};

const skips: ReadonlyMap<string, string> = new Map([
  ['COMPLIANT', 'passed check'],
  ['NOT_APPLICABLE', 'check that does not apply'],
  ['INSUFFICIENT_DATA', 'check without result'],
]);

function readResult(value: unknown): Reading {
  const skipped = skips.get(textAt(value, 'ComplianceType') ?? '');
  if (skipped !== undefined) return { skipped };
  const what = objectAt(value, 'EvaluationResultIdentifier', 'EvaluationResultQualifier');
  const rule = textAt(what, 'ConfigRuleName');
  const names = [textAt(what, 'ResourceType'), textAt(what, 'ResourceId')];
  return {
    kind: 'misconfiguration',
    rule: { id: rule },
    title: rule,
    description: textAt(value, 'Annotation'),
    location: { resource: names.filter((name) => name !== undefined).join('/') || undefined },
    foundAt: textAt(value, 'ResultRecordedTime'),
  };
}
