import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { Baseline } from './baseline.ts';
import { ConfigurationError } from './configuration-error.ts';

/** @throws {ConfigurationError} when the text is no baseline file. */
export function parseBaseline(text: string, fileName: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigurationError(`${fileName}: not JSON. A baseline is written by \`deployguard scan --write-baseline FILE\`.`);
  }
  const [problem] = Value.Errors(BaselineFile, value);
  if (problem) throw new ConfigurationError(`${fileName}: not a baseline: ${problem.instancePath || 'the file'} ${problem.message}.`);
  const { salt, findings } = value as Static<typeof BaselineFile>;
  return { salt: Buffer.from(salt, 'hex'), entries: findings };
}

const BaselineFile = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    salt: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    findings: Type.Array(
      Type.Object(
        { id: Type.String({ pattern: '^[0-9a-f]{16}$' }), ruleId: Type.String(), path: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
