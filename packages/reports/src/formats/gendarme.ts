import type { Severity } from '@deployguard/findings';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childText } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of Gendarme, Mono's analysis of .NET assemblies: `gendarme --xml`. */
export const gendarme: Format = {
  id: 'gendarme',
  name: 'Gendarme',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'gendarme-output',
      layout: {
        entries: ['/gendarme-output/results/rule/target/defect'],
        context: ['problem', 'solution'].map((name) => `/gendarme-output/results/rule/${name}`),
      },
      read({ element, parents }) {
        const [, , rule, target] = parents;
        const uri = attributeOf(rule, 'Uri');
        const severity = attributeOf(element, 'Severity');
        const { path, line } = readSource(attributeOf(element, 'Source') ?? '');
        return {
          kind: uri?.includes('.Security') ? 'weakness' : 'quality',
          rule: { id: attributeOf(rule, 'Name'), helpUri: uri },
          title: childText(rule, 'problem') ?? attributeOf(rule, 'Name'),
          description: element.text.trim(),
          remedy: childText(rule, 'solution'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: {
            path,
            line,
            resource: attributeOf(element, 'Location') ?? attributeOf(target, 'Name'),
          },
          identity: element.text.trim(),
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([['Audit', 'info']]);

/** `src\a.cs(≈56)`: the line is near. */
function readSource(source: string): { readonly path: string | undefined; readonly line: number | undefined } {
  const at = source.endsWith(')') ? source.lastIndexOf('(') : -1;
  const path = at < 0 ? source : source.slice(0, at);
  return { path: path.replaceAll('\\', '/') || undefined, line: at < 0 ? undefined : lineAt(/\d+/.exec(source.slice(at))?.[0]) };
}
