import { textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Docker Bench for Security: the file that its `-l` names, with `.json` (https://github.com/docker/docker-bench-security). */
export const dockerBench: Format = {
  id: 'docker-bench',
  name: 'Docker Bench for Security',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.dockerbenchsecurity', '$.tests'),
      layout: { entries: ['$.tests[].results[]'], context: ['$.dockerbenchsecurity', '$.tests[].desc'] },
      read({ value, parents: [report, group] }) {
        const result = textAt(value, 'result');
        if (result === 'PASS') return { skipped: 'passed check' };
        if (result === 'INFO') return { skipped: 'information' };
        if (result === 'NOTE') return { skipped: 'check to be made by hand' };
        return {
          kind: 'misconfiguration',
          rule: { id: textAt(value, 'id'), name: textAt(group, 'desc') },
          title: textAt(value, 'desc'),
          description: [textAt(value, 'details'), ...textsAt(value, 'items')].filter((text) => text !== undefined).join('\n'),
          remedy: textAt(value, 'remediation'),
          severity: result,
          tool: { version: textAt(report, 'dockerbenchsecurity') },
        };
      },
    },
  ],
};
