import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

/** Reports to a programme at HackerOne: from its API (https://api.hackerone.com/customer-resources/#reports) and as it exports them. */
export const hackerone: Format = {
  id: 'hackerone',
  name: 'HackerOne',
  variants: [
    buildAnswerVariant('$.data[]'),
    buildAnswerVariant('$.data'),
    {
      form: 'json',
      recognises: (outline) => outline.has('$.findings[].severity_rating', '$.findings[].substate', '$.findings[].structured_scope'),
      layout: { entries: ['$.findings[]'] },
      read: ({ value }) => readExported((name) => textAt(value, name)),
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('id', 'title', 'severity_rating', 'substate', 'weakness'),
      layout: { columns: ['id', 'title', 'severity_rating', 'substate', 'weakness'] },
      read: (entry) => readExported((name) => entry.field(name)),
    },
  ],
};

/** A page of reports, or one alone. */
function buildAnswerVariant(report: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${report}.attributes.vulnerability_information`, `${report}.relationships`),
    layout: { entries: [report] },
    read({ value }) {
      const attribute = (name: string) => textAt(value, 'attributes', name);
      const related = (name: string, field: string) => textAt(value, 'relationships', name, 'data', 'attributes', field);
      const vector = related('severity', 'calculated_vector') ?? related('severity', 'cvss_vector_string');
      return {
        ...describe({
          id: textAt(value, 'id'),
          title: attribute('title'),
          weakness: related('weakness', 'name'),
          rating: related('severity', 'rating'),
          state: attribute('state'),
          place: related('structured_scope', 'asset_identifier'),
          foundAt: attribute('created_at'),
        }),
        description: joinTexts(attribute('vulnerability_information'), related('weakness', 'description')),
        cvss: [{ score: numberAt(value, 'relationships', 'severity', 'data', 'attributes', 'score'), vector }],
        cwes: parseCwes(related('weakness', 'external_id')),
        aliases: parseVulnerabilityIds(textAt(value, 'attributes', 'cve_ids', 0), textAt(value, 'attributes', 'cve_ids', 1)),
      };
    },
  };
}

function readExported(get: (name: string) => string | undefined): Draft {
  return {
    ...describe({
      id: get('id'),
      title: get('title'),
      weakness: get('weakness'),
      rating: get('severity_rating'),
      state: get('substate') ?? get('state'),
      place: get('structured_scope'),
      foundAt: get('reported_at'),
    }),
    cvss: [{ score: get('severity_score') === undefined ? undefined : Number(get('severity_score')) || undefined }],
    aliases: parseVulnerabilityIds(get('cve_ids')),
  };
}

interface Report {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly weakness: string | undefined;
  readonly rating: string | undefined;
  readonly state: string | undefined;
  readonly place: string | undefined;
  readonly foundAt: string | undefined;
}

/** What is no problem any more, or never was. */
const settled: ReadonlyMap<string, NonNullable<Draft['suppression']>['kind']> = new Map([
  ['resolved', 'fixed'],
  ['informative', 'accepted'],
  ['duplicate', 'suppressed'],
  ['not-applicable', 'not-affected'],
  ['spam', 'false-positive'],
]);

function describe({ id, title, weakness, rating, state, place, foundAt }: Report): Draft {
  const kind = settled.get(state ?? '');
  return {
    kind: 'weakness',
    rule: { id: weakness ?? title },
    title,
    severity: rating,
    location: place === undefined ? {} : /^https?:/.test(place) ? { url: place } : { host: place },
    asset: place === undefined ? undefined : { type: 'web', name: place },
    references: id === undefined ? [] : [`https://hackerone.com/reports/${id}`],
    suppression: kind && { kind, reason: state },
    foundAt,
    ownFingerprint: id,
  };
}
