import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { count, entity, line, nullable, oneOf, parameters, timestamp, uuid } from './schema.ts';
import { findingDecisions, findingKinds, findingSeverities, findingFormats } from './words.ts';

const day = Type.String({ format: 'date', description: 'A day, such as 2026-12-31. It holds the whole of it (UTC).' });
const reason = Type.String({ minLength: 1, maxLength: 2000 });
const owner = line(200, { description: 'Who answers for it. Default: the caller.' });

const distinct = Type.Optional(
  Type.Boolean({
    default: false,
    description:
      'Tells each problem once that several assessments or scanners report, whatever ids they know it by: the worst that counts.',
  }),
);

const Decision = entity('FindingDecision', {
  decision: oneOf(findingDecisions),
  owner: Type.String(),
  reason: Type.String(),
  until: nullable(day),
  decided_at: timestamp,
});

export const ReportFinding = entity('ReportFinding', {
  id: uuid,
  assessment_name: Type.String(),
  state: oneOf(['open', 'closed']),
  severity: oneOf(findingSeverities),
  kind: oneOf(findingKinds),
  tool: Type.String(),
  rule_id: Type.String(),
  title: Type.String(),
  package_name: nullable(Type.String()),
  place: nullable(Type.String()),
  asset: nullable(Type.String()),
  fix_available: Type.Boolean(),
  known_exploited: Type.Boolean(),
  epss: nullable(Type.Number()),
  suppression: nullable(Type.String({ description: 'Why it does not count, when its report says so.' })),
  is_duplicate: Type.Boolean({ description: 'Another finding of its report stands for the same problem.' }),
  first_seen_at: timestamp,
  closed_at: nullable(timestamp),
  triage: nullable(Decision),
});
export type ReportFinding = Static<typeof ReportFinding>;

export const ReportFindingDetails = entity('ReportFindingDetails', {
  ...ReportFinding.properties,
  finding: Type.Unknown({ description: 'All that its report said last: `deployguard report convert --format json` writes the same.' }),
});
export type ReportFindingDetails = Static<typeof ReportFindingDetails>;

const filters = {
  state: Type.Optional(oneOf(['open', 'closed'])),
  severity: Type.Optional(oneOf(findingSeverities, { description: 'This one or worse. What nobody rated is listed with `unknown` only.' })),
  kind: Type.Optional(oneOf(findingKinds)),
  tool: Type.Optional(line(300)),
  rule_id: Type.Optional(line(300)),
  assessment_name: Type.Optional(line(256)),
  decision: Type.Optional(oneOf([...findingDecisions, 'none'])),
  fix_available: Type.Optional(Type.Boolean()),
  known_exploited: Type.Optional(Type.Boolean()),
  duplicates: Type.Optional(Type.Boolean({ description: 'Lists each of those that mean the same problem. Default: one of them.' })),
  search: Type.Optional(line(200, { description: 'Part of the title, rule, package, place or asset, in any case.' })),
};

/** Which findings are meant. All of the conditions must hold. */
export const FindingFilter = entity('FindingFilter', filters);
export type FindingFilter = Static<typeof FindingFilter>;

const TriageFindings = entity(
  'TriageFindings',
  {
    finding_ids: Type.Optional(Type.Array(uuid, { minItems: 1, maxItems: 10_000, uniqueItems: true })),
    filter: Type.Optional(FindingFilter),
    decision: nullable(oneOf(findingDecisions, { description: 'Null takes a decision back.' })),
    owner: Type.Optional(owner),
    reason: Type.Optional(reason),
    until: Type.Optional(day),
  },
  {
    examples: [{ filter: { rule_id: 'CVE-2024-1000' }, decision: 'accepted', reason: 'Not reachable from outside.', until: '2027-12-31' }],
  },
);

const FindingsTriaged = entity('FindingsTriaged', { changed: count });

const bySeverity = entity(
  'FindingsBySeverity',
  Object.fromEntries(findingSeverities.map((name) => [name, count])) as Record<(typeof findingSeverities)[number], typeof count>,
);
const byName = Type.Record(Type.String(), count);

export const FindingStatistics = entity('FindingStatistics', {
  open: count,
  closed: count,
  by_severity: bySeverity,
  by_kind: byName,
  by_tool: byName,
  days: Type.Array(
    entity('FindingDay', {
      day: Type.String({ format: 'date' }),
      open: Type.Integer({ ...count, description: 'At the end of the day (UTC).' }),
      new: count,
      closed: count,
    }),
  ),
});
export type FindingStatistics = Static<typeof FindingStatistics>;

const EvaluateGate = entity(
  'EvaluateGate',
  {
    policy: Type.String({
      minLength: 1,
      maxLength: 200_000,
      description: 'A policy as `deployguard gate --policy` takes it, in YAML or JSON.',
    }),
    assessment_name: Type.Optional(line(256, { description: 'Default: the findings of all.' })),
    distinct,
  },
  {
    examples: [
      { policy: 'version: 1\nrules:\n  - name: nothing critical that can be mended\n    severity: critical\n    fixAvailable: true\n' },
    ],
  },
);

export const GateVerdict = entity('GateVerdict', {
  passed: Type.Boolean(),
  total: Type.Integer({ ...count, description: 'Open findings that were judged.' }),
  rules: Type.Array(
    entity('GateRuleVerdict', {
      name: Type.String(),
      count: Type.Integer({ ...count, description: 'Findings that the rule forbids.' }),
      maximum: count,
      passed: Type.Boolean(),
    }),
  ),
  waived: count,
  excused: Type.Integer({ ...count, description: 'That do not count by a decision, or by what their report says.' }),
  findings: Type.Array(entity('GateFinding', { finding: ReportFinding, rules: Type.Array(Type.String()) }), {
    description: 'The first 100 that a rule forbids.',
  }),
});
export type GateVerdict = Static<typeof GateVerdict>;

const waiverFields = {
  finding: Type.Optional(Type.String({ pattern: '^[0-9a-f]{8,64}$', description: 'A fingerprint, or its beginning.' })),
  rule: Type.Optional(line(300, { description: 'The id of a rule or vulnerability.' })),
  package: Type.Optional(line(2048)),
  path: Type.Optional(line(2048, { description: 'A path, or a pattern such as test/**.' })),
};

const CreateWaiver = entity(
  'CreateWaiver',
  { ...waiverFields, owner: Type.Optional(owner), reason, until: day },
  { examples: [{ rule: 'CVE-2024-1000', package: 'lodash', reason: 'Only used by tests.', until: '2027-12-31' }] },
);

export const Waiver = entity('Waiver', {
  id: uuid,
  finding: nullable(Type.String()),
  rule: nullable(Type.String()),
  package: nullable(Type.String()),
  path: nullable(Type.String()),
  owner: Type.String(),
  reason: Type.String(),
  until: day,
  created_at: timestamp,
});
export type Waiver = Static<typeof Waiver>;

const tag = 'Findings';

export const listFindings = defineOperation({
  id: 'listFindings',
  method: 'GET',
  path: '/api/v2/findings',
  summary: 'List what scanners found, each problem of a report once',
  tag,
  access: 'findings:read',
  query: parameters({ ...pageQuery, ...filters, sort: Type.Optional(oneOf(['newest', 'severity'], { default: 'newest' })) }),
  answers: { 200: pageOf('ReportFindingPage', ReportFinding) },
});

export const getFinding = defineOperation({
  id: 'getFinding',
  method: 'GET',
  path: '/api/v2/findings/{id}',
  summary: 'Show a finding with all that its report said',
  tag,
  access: 'findings:read',
  params: parameters({ id: uuid }),
  answers: { 200: ReportFindingDetails },
});

export const getFindingStatistics = defineOperation({
  id: 'getFindingStatistics',
  method: 'GET',
  path: '/api/v2/findings/statistics',
  summary: 'Count findings: those that are open, and how it came to that day by day',
  tag,
  access: 'findings:read',
  query: parameters({
    assessment_name: Type.Optional(line(256)),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 30 })),
  }),
  answers: { 200: FindingStatistics },
});

export const exportFindings = defineOperation({
  id: 'exportFindings',
  method: 'GET',
  path: '/api/v2/findings/export',
  summary: 'Download findings in a format that other tools read',
  tag,
  access: 'findings:read',
  query: parameters({ ...filters, distinct, format: Type.Optional(oneOf(findingFormats, { default: 'json' })) }),
  answers: { 200: Type.String({ description: 'The findings.' }) },
  files: [
    'application/json',
    'application/jsonl',
    'application/sarif+json',
    'application/vnd.cyclonedx+json',
    'application/xml',
    'text/csv',
    'text/html',
  ],
});

export const triageFindings = defineOperation({
  id: 'triageFindings',
  method: 'POST',
  path: '/api/v2/findings/triage',
  summary: 'Decide about findings: false positive, accepted, fixed; it stays when they are reported again',
  tag,
  access: 'findings:write',
  body: TriageFindings,
  answers: { 200: FindingsTriaged },
  idempotent: true,
});

export const evaluateGate = defineOperation({
  id: 'evaluateGate',
  method: 'POST',
  path: '/api/v2/gates/evaluate',
  summary: 'Judge the open findings by a policy and the waivers',
  tag,
  access: 'findings:write',
  body: EvaluateGate,
  answers: { 200: GateVerdict },
  idempotent: true,
});

export const listWaivers = defineOperation({
  id: 'listWaivers',
  method: 'GET',
  path: '/api/v2/waivers',
  summary: 'List the waivers',
  tag,
  access: 'findings:read',
  query: parameters(pageQuery),
  answers: { 200: pageOf('WaiverPage', Waiver) },
});

export const createWaiver = defineOperation({
  id: 'createWaiver',
  method: 'POST',
  path: '/api/v2/waivers',
  summary: 'Have findings not count for a time',
  tag,
  access: 'findings:write',
  body: CreateWaiver,
  answers: { 201: Waiver },
  idempotent: true,
});

export const deleteWaiver = defineOperation({
  id: 'deleteWaiver',
  method: 'DELETE',
  path: '/api/v2/waivers/{id}',
  summary: 'Have them count again',
  tag,
  access: 'findings:write',
  params: parameters({ id: uuid }),
  answers: { 202: Waiver },
});
