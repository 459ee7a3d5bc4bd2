import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of the AWS CloudFormation linter: `cfn-lint --format json` (https://github.com/aws-cloudformation/cfn-lint). */
export const cfnLint: Format = {
  id: 'cfn-lint',
  name: 'cfn-lint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].Rule.Id', '$[].Filename', '$[].Location.Start'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const title = textAt(value, 'Message');
        return {
          kind: 'misconfiguration',
          rule: {
            id: textAt(value, 'Rule', 'Id'),
            name: textAt(value, 'Rule', 'ShortDescription'),
            helpUri: textAt(value, 'Rule', 'Source'),
          },
          title,
          description: textAt(value, 'Rule', 'Description'),
          severity: textAt(value, 'Level'),
          location: {
            path: textAt(value, 'Filename'),
            line: lineAt(value, 'Location', 'Start', 'LineNumber'),
            column: lineAt(value, 'Location', 'Start', 'ColumnNumber'),
            endLine: lineAt(value, 'Location', 'End', 'LineNumber'),
            resource: textsAt(value, 'Location', 'Path').join('/') || undefined,
          },
        };
      },
    },
  ],
};
