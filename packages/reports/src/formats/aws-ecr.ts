import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { readInspectorFinding } from './aws-inspector2.ts';
import type { Draft, Format } from './format.ts';

/**
 * Scans of images by Amazon ECR: `aws ecr describe-image-scan-findings`; an enhanced scan holds findings of Amazon Inspector
 * (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html).
 */
export const awsEcr: Format = {
  id: 'aws-ecr',
  name: 'Amazon ECR',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.imageScanFindings') && outline.has('$.repositoryName'),
      layout: {
        entries: ['$.imageScanFindings.findings[]', '$.imageScanFindings.enhancedFindings[]'],
        context: ['$.repositoryName', '$.imageId', '$.registryId', '$.imageScanFindings.imageScanCompletedAt'],
      },
      read: readFinding,
    },
  ],
};

function readFinding({ path, value, parents: [report, scan] }: JsonEntry): Draft {
  const repository = textAt(report, 'repositoryName');
  const tag = textAt(report, 'imageId', 'imageTag');
  const asset: Draft['asset'] =
    repository === undefined ? undefined : { type: 'image', name: tag === undefined ? repository : `${repository}:${tag}` };
  if (path.endsWith('.enhancedFindings[]')) return { ...readInspectorFinding(value), asset };
  const id = textAt(value, 'name');
  const attribute = (key: string): string | undefined =>
    textAt(
      listAt(value, 'attributes').find((item) => textAt(item, 'key') === key),
      'value',
    );
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'uri') },
    title: [id, attribute('package_name')].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: [
      { version: '2.0', score: numberAt(attribute('CVSS2_SCORE')), vector: attribute('CVSS2_VECTOR') },
      { score: numberAt(attribute('CVSS3_SCORE')), vector: attribute('CVSS3_VECTOR') },
    ],
    aliases: parseVulnerabilityIds(id),
    package: { name: attribute('package_name'), version: attribute('package_version') },
    location: { account: textAt(report, 'registryId'), resource: textAt(report, 'imageId', 'imageDigest') },
    asset,
    foundAt: textAt(scan, 'imageScanCompletedAt'),
  };
}
