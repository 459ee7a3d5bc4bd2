import { textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of KubeLinter: `kube-linter lint --format json` (https://docs.kubelinter.io). It does not rate what it finds. */
export const kubeLinter: Format = {
  id: 'kube-linter',
  name: 'KubeLinter',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.Checks', '$.Reports', '$.Summary.KubeLinterVersion') || outline.has('$.Reports[].Diagnostic'),
      layout: { entries: ['$.Reports[]'], context: ['$.Summary'] },
      read({ value, parents: [root] }) {
        const object = ['K8sObject', 'k8sObject'].find((name) => textAt(value, 'Object', name, 'Name') !== undefined) ?? 'K8sObject';
        const names = [
          textAt(value, 'Object', object, 'Namespace'),
          textAt(value, 'Object', object, 'GroupVersionKind', 'Kind'),
          textAt(value, 'Object', object, 'Name'),
        ];
        const check = textAt(value, 'Check');
        return {
          kind: 'misconfiguration',
          rule: { id: check, helpUri: check && `https://docs.kubelinter.io/#/generated/checks?id=${check}` },
          title: textAt(value, 'Diagnostic', 'Message'),
          remedy: textAt(value, 'Remediation'),
          location: {
            path: textAt(value, 'Object', 'Metadata', 'FilePath'),
            resource: names.filter((name) => name !== undefined).join('/') || undefined,
          },
          tool: { version: textAt(root, 'Summary', 'KubeLinterVersion') },
        };
      },
    },
  ],
};
