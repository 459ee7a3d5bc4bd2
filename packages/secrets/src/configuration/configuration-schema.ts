import Type, { type Static } from 'typebox';
import { severities } from '@deployguard/findings';

const Texts = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const strict = { additionalProperties: false };

/** A rule of the user's own, as written. */
export const UserRule = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }),
    title: Type.String({ minLength: 1 }),
    expression: Type.String({ minLength: 1 }),
    keywords: Type.Optional(Type.Array(Type.String({ minLength: 3 }), { minItems: 1 })),
    secretGroup: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String()])),
    minEntropy: Type.Optional(Type.Number({ minimum: 0, maximum: 8 })),
    severity: Type.Optional(Type.Union(severities.map((severity) => Type.Literal(severity)))),
    paths: Type.Optional(Texts),
    guidance: Type.Optional(Texts),
  },
  strict,
);

const Allow = Type.Object(
  {
    description: Type.String({ minLength: 1 }),
    findings: Type.Optional(Texts),
    rules: Type.Optional(Texts),
    paths: Type.Optional(Texts),
    values: Type.Optional(Texts),
    expires: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  },
  strict,
);

/** The shape of a configuration file. Nothing may be disabled; a list that chooses must choose something. */
export const ConfigurationFile = Type.Object(
  {
    rules: Type.Optional(
      Type.Object({ disable: Type.Optional(Type.Array(Type.String({ minLength: 1 }))), only: Type.Optional(Texts) }, strict),
    ),
    rule: Type.Optional(Type.Array(UserRule)),
    allow: Type.Optional(Type.Array(Allow)),
  },
  strict,
);

export type ConfigurationFile = Static<typeof ConfigurationFile>;
