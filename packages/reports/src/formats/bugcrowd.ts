import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format } from './format.ts';

/** Submissions to a programme at Bugcrowd, as CSV (https://docs.bugcrowd.com/customers/submission-management/exporting-submissions/). */
export const bugcrowd: Format = {
  id: 'bugcrowd',
  name: 'Bugcrowd',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('reference_number', 'vrt_lineage', 'priority', 'substate', 'bug_url'),
      layout: { columns: ['reference_number', 'vrt_lineage', 'priority', 'substate', 'bug_url'] },
      read(entry) {
        const priority = entry.field('priority');
        const url = entry.field('bug_url');
        const target = entry.field('target_name');
        const substate = entry.field('substate');
        const settledAs = entry.field('duplicate')?.toLowerCase() === 'true' ? 'suppressed' : settled.get(substate ?? '');
        return {
          kind: 'weakness',
          rule: { id: entry.field('vrt_lineage') ?? entry.field('title') },
          title: entry.field('title') ?? entry.field('caption'),
          // Requests are left out: they hold cookies.
          description: joinTexts(entry.field('description'), entry.field('extra_info')),
          remedy: entry.field('remediation_advice'),
          severity: priority,
          severityLabel: labels.get(priority ?? ''),
          aliases: parseVulnerabilityIds(entry.field('title'), entry.field('vulnerability_references')),
          location: { url },
          asset: target === undefined ? toSite(url) : { type: 'web', name: target },
          references: findAddresses(entry.field('vulnerability_references')),
          suppression: settledAs && { kind: settledAs, reason: substate },
          foundAt: entry.field('submitted_at'),
          ownFingerprint: entry.field('reference_number'),
        };
      },
    },
  ],
};

/** https://bugcrowd.com/vulnerability-rating-taxonomy */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'critical'],
  ['2', 'high'],
  ['3', 'medium'],
  ['4', 'low'],
  ['5', 'info'],
]);

const settled: ReadonlyMap<string, NonNullable<Draft['suppression']>['kind']> = new Map([
  ['resolved', 'fixed'],
  ['wont_fix', 'accepted'],
  ['not_applicable', 'not-affected'],
  ['not_reproducible', 'false-positive'],
  ['out_of_scope', 'suppressed'],
]);
