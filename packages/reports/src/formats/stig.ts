import type { Severity } from '@deployguard/findings';
import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childrenAt, childText } from '../reading/xml-element.ts';
import type { Format, Reading } from './format.ts';

/** Checklists of the STIG Viewer: `.ckl` of version 2 and `.cklb` of version 3 (https://public.cyber.mil/stigs/srg-stig-tools/). */
export const stig: Format = {
  id: 'stig',
  name: 'STIG checklist',
  variants: [
    {
      form: 'xml',
      recognises: ({ root, has }) => root === 'CHECKLIST' && has('/CHECKLIST/STIGS/iSTIG'),
      layout: { entries: ['/CHECKLIST/STIGS/iSTIG/VULN'], context: ['/CHECKLIST/ASSET', '/CHECKLIST/STIGS/iSTIG/STIG_INFO'] },
      read: readVuln,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.stigs[].rules', '$.target_data') || outline.has('$.stigs[].rules[].group_id', '$.stigs[].rules[].status'),
      layout: { entries: ['$.stigs[].rules[]'], context: ['$.target_data', '$.stigs[].stig_name'] },
      read: readRule,
    },
  ],
};

/** Categories I, II and III. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['high', 'high'],
  ['medium', 'medium'],
  ['low', 'low'],
]);

function readVuln({ element, parents: [checklist, , list] }: XmlEntry): Reading {
  const data = new Map(
    childrenAt(element, 'STIG_DATA').map((item) => [childText(item, 'VULN_ATTRIBUTE'), childText(item, 'ATTRIBUTE_DATA')]),
  );
  const info = childrenAt(list, 'STIG_INFO', 'SI_DATA').find((item) => childText(item, 'SID_NAME') === 'title');
  return readCheck({
    status: childText(element, 'STATUS'),
    group: data.get('Vuln_Num'),
    rule: data.get('Rule_ID'),
    title: data.get('Rule_Title'),
    discussion: data.get('Vuln_Discuss'),
    details: childText(element, 'FINDING_DETAILS'),
    fix: data.get('Fix_Text'),
    severity: childText(element, 'SEVERITY_OVERRIDE') ?? data.get('Severity'),
    list: childText(info, 'SID_DATA') ?? data.get('STIGRef'),
    host: childText(checklist, 'ASSET', 'HOST_NAME') ?? childText(checklist, 'ASSET', 'HOST_IP'),
  });
}

function readRule({ value, parents: [checklist, list] }: JsonEntry): Reading {
  return readCheck({
    status: textAt(value, 'status'),
    group: textAt(value, 'group_id'),
    rule: textAt(value, 'rule_id'),
    title: textAt(value, 'rule_title'),
    discussion: textAt(value, 'discussion'),
    details: textAt(value, 'finding_details'),
    fix: textAt(value, 'fix_text'),
    severity: textAt(value, 'overrides', 'severity', 'severity') ?? textAt(value, 'severity'),
    list: textAt(list, 'stig_name'),
    host: textAt(checklist, 'target_data', 'host_name') ?? textAt(checklist, 'target_data', 'ip_address'),
  });
}

const skips: ReadonlyMap<string, string> = new Map([
  ['notafinding', 'passed check'],
  ['notapplicable', 'check that does not apply'],
  ['notreviewed', 'check that was not made'],
]);

type Check = Readonly<
  Record<'status' | 'group' | 'rule' | 'title' | 'discussion' | 'details' | 'fix' | 'severity' | 'list' | 'host', string | undefined>
>;

function readCheck(check: Check): Reading {
  const skipped = skips.get(check.status?.toLowerCase().replaceAll('_', '') ?? '');
  if (skipped !== undefined) return { skipped };
  return {
    kind: 'misconfiguration',
    // The number of the rule ends with its revision; that of its group stays.
    rule: { id: check.group ?? check.rule, name: check.list },
    title: check.title,
    description: [check.discussion, check.details].filter((text) => text !== undefined).join('\n\n'),
    remedy: check.fix,
    severity: check.severity,
    severityLabel: labels.get(check.severity?.toLowerCase() ?? ''),
    location: { host: check.host },
    asset: check.host === undefined ? undefined : { type: 'host', name: check.host },
    identity: check.list ?? '',
  };
}
