import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/**
 * Violations that the audit of Gatekeeper found in a Kubernetes cluster: `kubectl get constraints -o json`
 * (https://open-policy-agent.github.io/gatekeeper/website/docs/audit). It does not rate them.
 */
export const gatekeeper: Format = { id: 'gatekeeper', name: 'Gatekeeper', variants: [variant('$.items[]'), variant('$')] };

function variant(constraint: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.matches(`${constraint}.apiVersion`, /^constraints\.gatekeeper\.sh\//),
    layout: {
      entries: [`${constraint}.status.violations[]`],
      context: [`${constraint}.kind`, `${constraint}.metadata`, `${constraint}.status.auditTimestamp`],
    },
    read: readViolation,
  };
}

function readViolation({ value, parents }: JsonEntry): Reading {
  const [constraint, status] = parents.slice(-2);
  const action = textAt(value, 'enforcementAction');
  const names = [textAt(value, 'namespace'), textAt(value, 'kind'), textAt(value, 'name')];
  return {
    kind: 'misconfiguration',
    rule: {
      id: [textAt(constraint, 'kind'), textAt(constraint, 'metadata', 'name')].filter((name) => name !== undefined).join('/'),
    },
    title: textAt(value, 'message'),
    description: action === undefined ? undefined : `Enforcement: ${action}`,
    location: { resource: names.filter((name) => name !== undefined).join('/') || undefined },
    foundAt: textAt(status, 'auditTimestamp'),
  };
}
