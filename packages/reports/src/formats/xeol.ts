import { textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Xeol on software that is no longer supported: `xeol --output json`. */
export const xeol: Format = {
  id: 'xeol',
  name: 'Xeol',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.matches[].Cycle') || (outline.hasList('$.matches') && outline.matches('$.descriptor.name', /^xeol$/)),
      layout: { entries: ['$.matches[]'], context: ['$.source', '$.descriptor'] },
      read({ value, parents: [root] }) {
        const cycle = [textAt(value, 'Cycle', 'ProductName'), textAt(value, 'Cycle', 'ReleaseCycle')].filter(Boolean).join(' ');
        const end = textAt(value, 'Cycle', 'Eol');
        const link = textAt(value, 'Cycle', 'ProductPermalink');
        const image = textAt(root, 'source', 'target', 'userInput') ?? textAt(root, 'source', 'target');
        return {
          kind: 'quality',
          rule: { id: cycle && `end-of-life/${cycle.toLowerCase().replaceAll(' ', '-')}`, helpUri: link },
          title: cycle && `${cycle} is no longer supported`,
          description: end && `Support ended or ends on ${end}.`,
          package: {
            name: textAt(value, 'artifact', 'name'),
            version: textAt(value, 'artifact', 'version'),
            purl: textAt(value, 'artifact', 'purl'),
            ecosystem: textAt(value, 'artifact', 'type'),
          },
          location: {
            path: textAt(value, 'artifact', 'locations', 0, 'path'),
            layer: textAt(value, 'artifact', 'locations', 0, 'layerID'),
          },
          asset:
            image === undefined ? undefined : { type: textAt(root, 'source', 'type') === 'image' ? 'image' : 'repository', name: image },
          references: link === undefined ? [] : [link],
          tool: { version: textAt(root, 'descriptor', 'version') },
        };
      },
    },
  ],
};
