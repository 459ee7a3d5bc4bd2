import { textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Security Insights of Cloudflare, exported as CSV and as its API gives them (https://developers.cloudflare.com/security-center/security-insights/). */
export const cloudflareInsights: Format = {
  id: 'cloudflare-insights',
  name: 'Cloudflare Security Insights',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('severity', 'issue_class', 'subject', 'issue_type', 'insight'),
      layout: { columns: ['severity', 'issue_class', 'subject', 'issue_type', 'insight'] },
      read: (entry) => readInsight((name) => entry.field(name), entry.field('recommended_action'), entry.field('status')),
    },
    insights('$[]'),
    insights('$.result.issues[]'),
  ],
};

function insights(entry: string): Format['variants'][number] {
  return {
    form: 'json',
    recognises: (outline) => ['issue_class', 'issue_type', 'subject', 'severity'].every((name) => outline.has(`${entry}.${name}`)),
    layout: { entries: [entry] },
    read({ value }) {
      const status = textAt(value, 'dismissed') === 'true' ? 'dismissed' : textAt(value, 'status');
      return readInsight((name) => textAt(value, name), textAt(value, 'resolve_text'), status);
    },
  };
}

function readInsight(field: (name: string) => string | undefined, remedy: string | undefined, status: string | undefined): Draft {
  const subject = field('subject');
  return {
    kind: 'misconfiguration',
    rule: { id: field('issue_class'), name: field('issue_type') },
    title: field('insight') ?? field('issue_class'),
    description: field('risk'),
    remedy,
    severity: field('severity'),
    location: { host: subject },
    asset: subject === undefined ? undefined : { type: 'web', name: subject },
    suppression: /^(?:dismissed|archived)$/i.test(status ?? '') ? { kind: 'suppressed' } : undefined,
    foundAt: field('scan_performed_on') ?? field('timestamp') ?? field('since'),
    identity: field('issue_type') ?? '',
  };
}
