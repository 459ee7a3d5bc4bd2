import Type, { type Static } from 'typebox';

/** A day, such as `2026-12-31`; what holds until then holds the whole day (UTC). */
export const Day = Type.String({ format: 'date' });

/** RFC 3339. */
const Time = Type.String({ format: 'date-time' });

/** What somebody decided about a finding. It stays when the finding is reported again. */
export const Triage = Type.Object(
  {
    decision: Type.Enum(['false-positive', 'accepted', 'fixed']),
    owner: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    /** An accepted finding counts again after this day. */
    until: Type.Optional(Day),
  },
  { additionalProperties: false },
);
export type Triage = Static<typeof Triage>;

/** A finding that was reported before. */
export const KnownFinding = Type.Object(
  {
    /** Of all who reported it, sorted. */
    fingerprints: Type.Array(Type.String({ pattern: '^[0-9a-f]{16,64}$' }), { minItems: 1 }),
    state: Type.Enum(['open', 'closed']),
    firstSeenAt: Type.Optional(Time),
    closedAt: Type.Optional(Time),
    kind: Type.String(),
    severity: Type.String(),
    rule: Type.String(),
    title: Type.String(),
    /** For people: `src/a.ts:3`. */
    place: Type.Optional(Type.String()),
    /** What it was found in, when the report says it: the same problem of two images is two. */
    asset: Type.Optional(Type.String()),
    triage: Type.Optional(Triage),
  },
  { additionalProperties: false },
);
export type KnownFinding = Static<typeof KnownFinding>;

/** What is known of the findings of a project, in a file that is kept beside it; the service keeps rows. */
export const Baseline = Type.Object(
  { schemaVersion: Type.Literal('findings-1'), findings: Type.Array(KnownFinding) },
  { additionalProperties: false },
);
export type Baseline = Static<typeof Baseline>;
