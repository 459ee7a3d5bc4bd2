import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { isTrueAt, lineAt, textAt } from '../reading/read-field.ts';
import { childText } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Logs of PVS-Studio: `.plog` (XML) and `plog-converter -t json` (https://pvs-studio.com/en/docs/manual/0038/). */
export const pvsStudio: Format = {
  id: 'pvs-studio',
  name: 'PVS-Studio',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.has('/NewDataSet/PVS-Studio_Analysis_Log'),
      layout: { entries: ['/NewDataSet/PVS-Studio_Analysis_Log'] },
      read({ element }) {
        const code = childText(element, 'ErrorCode');
        const level = childText(element, 'Level');
        return {
          kind: 'weakness',
          rule: { id: code, helpUri: code && `https://pvs-studio.com/en/docs/warnings/${code.toLowerCase()}/` },
          title: childText(element, 'Message') ?? code,
          severity: level,
          severityLabel: labels[Number(level ?? Number.NaN)],
          cwes: parseCwes(childText(element, 'CWECode'), childText(element, 'SAST')),
          location: { path: childText(element, 'File') ?? childText(element, 'ShortFile'), line: lineAt(childText(element, 'Line')) },
          suppression: childText(element, 'FalseAlarm') === 'true' ? { kind: 'false-positive' } : undefined,
          // Of the line and the lines around it.
          identity: ['CodePrev', 'CodeCurrent', 'CodeNext'].map((name) => childText(element, name)).join(' '),
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.warnings[].code', '$.warnings[].positions', '$.warnings[].level'),
      layout: { entries: ['$.warnings[]'] },
      read({ value }) {
        const code = textAt(value, 'code');
        const level = textAt(value, 'level');
        const cwe = textAt(value, 'cwe');
        return {
          kind: 'weakness',
          rule: { id: code, helpUri: code && `https://pvs-studio.com/en/docs/warnings/${code.toLowerCase()}/` },
          title: textAt(value, 'message') ?? code,
          severity: level,
          severityLabel: labels[Number(level ?? Number.NaN)],
          cwes: cwe === '0' ? [] : parseCwes(cwe),
          location: { path: textAt(value, 'positions', 0, 'file'), line: lineAt(value, 'positions', 0, 'line') },
          suppression: isTrueAt(value, 'falseAlarm') ? { kind: 'false-positive' } : undefined,
        };
      },
    },
  ],
};

/** 0 tells of the analysis itself. */
const labels: readonly Severity[] = ['info', 'high', 'medium', 'low'];
