import { lineAt } from '../reading/read-field.ts';
import { childrenAt, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Errors that Valgrind saw a program make: `valgrind --xml=yes` (https://valgrind.org/docs/manual/manual-core.html). It rates none. */
export const valgrind: Format = {
  id: 'valgrind',
  name: 'Valgrind',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'valgrindoutput',
      layout: { entries: ['/valgrindoutput/error'] },
      read({ element }) {
        const kind = childText(element, 'kind');
        const frames = childrenAt(element, 'stack')[0]?.children ?? [];
        const place = frames.find((frame) => childText(frame, 'file') !== undefined);
        return {
          kind: 'weakness',
          rule: { id: kind },
          title: childText(element, 'what') ?? childText(element, 'xwhat', 'text') ?? kind,
          description: childText(element, 'auxwhat') ?? childText(element, 'xauxwhat', 'text'),
          location: {
            path: readPath(place),
            line: lineAt(childText(place, 'line')),
            resource: childText(place, 'fn') ?? childText(frames[0], 'fn'),
          },
          // How it came there.
          identity: frames.map((frame) => childText(frame, 'fn') ?? childText(frame, 'obj')).join(' '),
        };
      },
    },
  ],
};

function readPath(frame: XmlElement | undefined): string | undefined {
  return [childText(frame, 'dir'), childText(frame, 'file')].filter((part) => part !== undefined).join('/') || undefined;
}
