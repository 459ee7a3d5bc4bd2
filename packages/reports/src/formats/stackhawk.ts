import { listAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

/** What StackHawk's webhook says when a scan is complete (https://docs.stackhawk.com/workflow-integrations/webhook.html#scan-completed). */
export const stackhawk: Format = {
  id: 'stackhawk',
  name: 'StackHawk',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$.service', /^StackHawk$/) && outline.has('$.scanCompleted.scan'),
      layout: { entries: ['$.scanCompleted.findings[]'], context: ['$.scanCompleted.scan'] },
      read: readFinding,
    },
  ],
};

const settled: ReadonlyMap<string, NonNullable<Draft['suppression']>['kind']> = new Map([
  ['FALSE_POSITIVE', 'false-positive'],
  ['RISK_ACCEPTED', 'accepted'],
]);

/** Each path of a finding is one of ours: they are settled one by one. */
function readFinding({ value, parents: [, completed] }: JsonEntry): readonly Reading[] {
  const scan = objectAt(completed, 'scan');
  const host = textAt(value, 'host');
  const paths = listAt(value, 'paths');
  return (paths.length > 0 ? paths : [undefined]).map((path): Draft => {
    const place = textAt(path, 'path');
    const url = place === undefined ? host : (URL.parse(place, host)?.href ?? `${host ?? ''}${place}`);
    const status = textAt(path, 'status')?.toUpperCase().replace(/ /g, '_');
    const kind = settled.get(status ?? '');
    return {
      kind: 'weakness',
      rule: { id: textAt(value, 'pluginId'), name: textAt(value, 'pluginName') },
      title: textAt(value, 'pluginName'),
      description: textAt(value, 'category'),
      severity: textAt(value, 'severity'),
      location: { url, method: textAt(path, 'requestMethod') },
      asset: toSite(host),
      references: [textAt(path, 'pathURL'), textAt(value, 'findingURL')].filter((address) => address !== undefined),
      suppression: kind && { kind },
      foundAt: textAt(scan, 'startedTimestamp'),
      tool: { version: textAt(scan, 'hawkscanVersion') },
    };
  });
}
