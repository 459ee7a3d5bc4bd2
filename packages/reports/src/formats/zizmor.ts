import { isTrueAt, listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Format, Reading } from './format.ts';

/** Reports of zizmor: `zizmor --format json` (https://docs.zizmor.sh). Rows and columns count from 0. */
export const zizmor: Format = {
  id: 'zizmor',
  name: 'zizmor',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].ident', '$[].determinations', '$[].locations'),
      layout: { entries: ['$[]'] },
      read: ({ value }) => readFinding(value),
    },
  ],
};

function readFinding(value: unknown): Reading {
  const locations = listAt(value, 'locations');
  const place = locations.find((location) => textAt(location, 'symbolic', 'kind') === 'Primary') ?? locations[0];
  const point = (name: string, axis: string): number | undefined => {
    const number = numberAt(place, 'concrete', 'location', name, axis);
    return number === undefined ? undefined : number + 1;
  };
  const route = listAt(place, 'symbolic', 'route', 'route').map((step) => textAt(step, 'Key') ?? textAt(step, 'Index'));
  const id = textAt(value, 'ident');
  return {
    kind: 'misconfiguration',
    rule: { id, helpUri: textAt(value, 'url') },
    title: textAt(value, 'desc'),
    description: textAt(place, 'symbolic', 'annotation'),
    severity: textAt(value, 'determinations', 'severity'),
    location: {
      path: readPath(place),
      line: point('start_point', 'row'),
      column: point('start_point', 'column'),
      endLine: point('end_point', 'row'),
      resource: route.length === 0 ? undefined : route.join('.'),
    },
    suppression: isTrueAt(value, 'ignored') ? { kind: 'suppressed' } : undefined,
    identity: textAt(place, 'symbolic', 'annotation'),
  };
}

/** A file here, or one of a repository elsewhere; versions name the path each in its own way. */
function readPath(place: unknown): string | undefined {
  const local = objectAt(place, 'symbolic', 'key', 'Local') ?? objectAt(place, 'symbolic', 'key', 'Remote');
  return ['verbatim_path', 'given_path', 'path'].map((name) => textAt(local, name)).find((path) => path !== undefined);
}
