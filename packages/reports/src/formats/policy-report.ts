import { listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/**
 * Policy reports of a Kubernetes cluster, as Kyverno and others write them: `kubectl get policyreports -A -o json`
 * (https://github.com/kubernetes-sigs/wg-policy-prototypes, https://openreports.io).
 */
export const policyReport: Format = {
  id: 'policy-report',
  name: 'Kubernetes policy report',
  variants: [variant('$.items[]'), variant('$')],
};

function variant(report: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.matches(`${report}.apiVersion`, /^(?:wgpolicyk8s|openreports)\.io\//),
    layout: { entries: [`${report}.results[]`], context: [`${report}.scope`, `${report}.metadata`, `${report}.source`] },
    read: readResult,
  };
}

function readResult({ value, parents }: JsonEntry): Reading {
  const report = parents.at(-1);
  const result = textAt(value, 'result') ?? textAt(value, 'status');
  if (result === 'pass') return { skipped: 'passed check' };
  if (result === 'skip') return { skipped: 'check that does not apply' };
  if (result === 'error') return { missing: 'check that could not be made' };
  // Newer reports are about one resource each, and say so once.
  const resource = listAt(value, 'resources')[0] ?? listAt(value, 'subjects')[0] ?? report?.['scope'];
  const names = [
    textAt(resource, 'namespace') ?? textAt(report, 'metadata', 'namespace'),
    textAt(resource, 'kind'),
    textAt(resource, 'name'),
  ];
  const rule = textAt(value, 'rule');
  const policy = textAt(value, 'policy');
  const seconds = Number(textAt(value, 'timestamp', 'seconds'));
  return {
    kind: 'misconfiguration',
    rule: { id: [policy, rule].filter((name) => name !== undefined).join('/'), name: textAt(value, 'category') },
    title: textAt(value, 'message') ?? policy,
    severity: textAt(value, 'severity') ?? (result === 'warn' ? 'warn' : undefined),
    location: { resource: names.filter((name) => name !== undefined).join('/') || undefined },
    foundAt: seconds > 0 && seconds < 8e12 ? new Date(seconds * 1000).toISOString() : undefined,
    tool: { name: textAt(value, 'source') ?? textAt(report, 'source') },
  };
}
