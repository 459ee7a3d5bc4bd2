import Type, { type Static } from 'typebox';
import { Day } from '../baseline/baseline.ts';
import { severities } from '../severity.ts';

const kinds = ['secret', 'vulnerability', 'weakness', 'misconfiguration', 'license', 'quality'] as const;

/** What may not be. All of the conditions that a rule names must hold for a finding to count; what a report does not say does not hold. */
export const GateRule = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'What the rule forbids, in a few words.' }),
    severity: Type.Optional(Type.Enum([...severities], { description: 'This one or worse.' })),
    kinds: Type.Optional(Type.Array(Type.Enum([...kinds]), { minItems: 1 })),
    tools: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Names of scanners, such as Trivy.' })),
    new: Type.Optional(Type.Boolean({ description: 'true: only what the baseline does not know, or that came back.' })),
    minAgeDays: Type.Optional(Type.Integer({ minimum: 1, description: 'Whole days since it was first seen.' })),
    minEpss: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Probability of exploitation, 0 to 1.' })),
    knownExploited: Type.Optional(Type.Boolean({ description: 'Listed as exploited in the wild, or not.' })),
    fixAvailable: Type.Optional(Type.Boolean({ description: 'A fixed version is known, or not.' })),
    maximum: Type.Optional(Type.Integer({ minimum: 0, description: 'How many are let through; none by default.' })),
  },
  { additionalProperties: false },
);
export type GateRule = Static<typeof GateRule>;

/** Findings that do not count for a time. All that it names must fit. */
export const Waiver = Type.Object(
  {
    finding: Type.Optional(Type.String({ pattern: '^[0-9a-f]{8,64}$', description: 'A fingerprint, or its beginning.' })),
    rule: Type.Optional(Type.String({ minLength: 1, description: 'The id of a rule or vulnerability.' })),
    package: Type.Optional(Type.String({ minLength: 1 })),
    path: Type.Optional(Type.String({ minLength: 1, description: 'A path, or a pattern such as test/**.' })),
    owner: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    until: Day,
  },
  { additionalProperties: false },
);
export type Waiver = Static<typeof Waiver>;

/** Which findings a change may not have. */
export const GatePolicy = Type.Object(
  {
    version: Type.Literal(1),
    unknownSeverity: Type.Optional(
      Type.Enum([...severities], { description: 'What a severity that nobody tells counts as; critical by default.' }),
    ),
    rules: Type.Array(GateRule, { minItems: 1 }),
    waivers: Type.Optional(Type.Array(Waiver)),
  },
  { additionalProperties: false },
);
export type GatePolicy = Static<typeof GatePolicy>;
