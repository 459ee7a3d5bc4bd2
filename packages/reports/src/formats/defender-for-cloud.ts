import { textAt } from '../reading/read-field.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/**
 * Recommendations of Microsoft Defender for Cloud, once Azure Security Center: the CSV of the portal, and assessments as the API and
 * `az security assessment list` give them (https://learn.microsoft.com/rest/api/defenderforcloud/assessments).
 */
export const defenderForCloud: Format = {
  id: 'defender-for-cloud',
  name: 'Microsoft Defender for Cloud',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('subscriptionId', 'recommendationId', 'recommendationDisplayName', 'state'),
      layout: { columns: ['subscriptionId', 'recommendationId', 'recommendationDisplayName', 'state'] },
      read: (entry) =>
        readRecommendation({
          state: entry.field('state'),
          id: entry.field('recommendationName') ?? entry.field('recommendationId'),
          title: entry.field('recommendationDisplayName'),
          description: entry.field('description'),
          remedy: entry.field('remediationSteps'),
          severity: entry.field('severity'),
          resource: entry.field('resourceId') ?? entry.field('resourceName'),
          account: entry.field('nativeCloudAccountId') ?? entry.field('subscriptionId'),
          link: entry.field('azurePortalRecommendationLink'),
          foundAt: entry.field('statusChangeDate') ?? entry.field('firstEvaluationDate'),
        }),
    },
    assessments('$.value[]', ['properties']),
    assessments('$[]', ['properties']),
    // What `az` makes of it.
    assessments('$[]', []),
  ],
};

function assessments(entry: string, path: readonly string[]): JsonVariant {
  const properties = [entry, ...path].join('.');
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${properties}.resourceDetails`, `${properties}.status.code`, `${properties}.displayName`) &&
      outline.matches(`${entry}.id`, /\/providers\/Microsoft\.Security\/assessments\//i),
    layout: { entries: [entry] },
    read({ value }) {
      const id = textAt(value, 'id');
      const resource = ['id', 'Id', 'resourceId'].map((name) => textAt(value, ...path, 'resourceDetails', name)).find(Boolean);
      return readRecommendation({
        state: textAt(value, ...path, 'status', 'code'),
        id: textAt(value, 'name'),
        title: textAt(value, ...path, 'displayName'),
        description: textAt(value, ...path, 'metadata', 'description') ?? textAt(value, ...path, 'status', 'description'),
        remedy: textAt(value, ...path, 'metadata', 'remediationDescription'),
        severity: textAt(value, ...path, 'metadata', 'severity'),
        resource: resource ?? id?.split(/\/providers\/Microsoft\.Security\//i)[0],
        account: /\/subscriptions\/([^/]+)/i.exec(id ?? '')?.[1],
        link: undefined,
        foundAt: textAt(value, ...path, 'status', 'firstEvaluationDate'),
      });
    },
  };
}

type Recommendation = Readonly<
  Record<'state' | 'id' | 'title' | 'description' | 'remedy' | 'severity' | 'resource' | 'account' | 'link' | 'foundAt', string | undefined>
>;

function readRecommendation(said: Recommendation): Reading {
  const state = said.state?.toLowerCase();
  if (state === 'healthy') return { skipped: 'passed check' };
  if (state === 'notapplicable' || state === 'not applicable') return { skipped: 'check that does not apply' };
  const asset: Draft['asset'] = said.account === undefined ? undefined : { type: 'cloud', name: said.account };
  return {
    kind: 'misconfiguration',
    rule: { id: said.id, helpUri: said.link },
    title: said.title,
    description: stripMarkup(said.description),
    remedy: stripMarkup(said.remedy),
    severity: said.severity,
    location: { resource: said.resource, account: said.account },
    asset,
    foundAt: said.foundAt,
  };
}
