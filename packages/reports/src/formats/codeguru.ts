import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Findings of Amazon CodeGuru Security: `aws codeguru-security get-findings` (https://docs.aws.amazon.com/codeguru/latest/security-api/API_Finding.html). */
export const codeguru: Format = {
  id: 'codeguru',
  name: 'Amazon CodeGuru Security',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.findings[].vulnerability.filePath') &&
        (outline.has('$.findings[].detectorId') || outline.has('$.findings[].ruleId') || outline.has('$.findings[].generatorId')),
      layout: { entries: ['$.findings[]'] },
      read({ value }) {
        const references = textsAt(value, 'vulnerability', 'referenceUrls');
        return {
          kind: 'weakness',
          rule: {
            id: textAt(value, 'ruleId') ?? textAt(value, 'detectorId') ?? textAt(value, 'generatorId'),
            name: textAt(value, 'detectorName'),
            helpUri: textAt(value, 'remediation', 'recommendation', 'url'),
          },
          title: textAt(value, 'title'),
          description: textAt(value, 'description'),
          remedy: textAt(value, 'remediation', 'recommendation', 'text'),
          severity: textAt(value, 'severity'),
          cwes: parseCwes(...textsAt(value, 'vulnerability', 'relatedVulnerabilities'), ...textsAt(value, 'detectorTags')),
          location: {
            path: textAt(value, 'vulnerability', 'filePath', 'path'),
            line: lineAt(value, 'vulnerability', 'filePath', 'startLine'),
            endLine: lineAt(value, 'vulnerability', 'filePath', 'endLine'),
          },
          references,
          suppression: textAt(value, 'status') === 'Closed' ? { kind: 'fixed' } : undefined,
          ownFingerprint: textAt(value, 'id'),
        };
      },
    },
  ],
};
