import { textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of kubeaudit: `kubeaudit all --format json`, one result a line, between lines of its log (https://github.com/Shopify/kubeaudit). */
export const kubeaudit: Format = {
  id: 'kubeaudit',
  name: 'kubeaudit',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.AuditResultName', '$.level', '$.msg'),
      layout: { entries: ['$'] },
      read({ value }) {
        const id = textAt(value, 'AuditResultName');
        if (id === undefined && textAt(value, 'level') !== undefined) return { skipped: 'line of the log' };
        const names = ['ResourceNamespace', 'ResourceKind', 'ResourceName', 'Container'].map((name) => textAt(value, name));
        return {
          kind: 'misconfiguration',
          rule: { id },
          title: textAt(value, 'msg'),
          severity: textAt(value, 'level'),
          location: { path: textAt(value, 'file'), resource: names.filter((name) => name !== undefined).join('/') || undefined },
          foundAt: textAt(value, 'time'),
        };
      },
    },
  ],
};
