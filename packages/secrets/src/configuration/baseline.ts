import { randomBytes } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { SecretFinding } from '../secret-finding.ts';
import { ConfigurationError } from './configuration-error.ts';

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

/**
 * Findings that were there before: a scan with a baseline reports only what is new. Entries are content fingerprints, so they outlive
 * line shifts, rebases and squashes, and a new secret in a known place is still new.
 */
export interface Baseline {
  /** Key of the fingerprints. Random, so that ids say nothing about values to those who do not have the file. */
  readonly salt: Buffer;
  readonly entries: readonly { readonly id: string; readonly ruleId: string; readonly path?: string }[];
}

export function createBaselineSalt(): Buffer {
  return randomBytes(32);
}

/** The baseline file of these findings, which must have been fingerprinted with `salt`. Sorted, one entry a line: merges stay small. */
export function buildBaseline(salt: Buffer, findings: readonly SecretFinding[]): string {
  const entries = findings.map(({ id, ruleId, location }) => ({
    id,
    ruleId,
    ...(location.path === undefined ? {} : { path: location.path }),
  }));
  entries.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`);
  return `{\n  "schemaVersion": 1,\n  "salt": "${salt.toString('hex')}",\n  "findings": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`;
}

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
