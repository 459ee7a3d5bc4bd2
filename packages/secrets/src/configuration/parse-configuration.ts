import { parse as parseToml } from 'smol-toml';
import Type, { type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { parse as parseYaml } from 'yaml';
import { severities } from '@deployguard/findings';
import { createAllowance } from './allowances.ts';
import { assertGlob } from './assert-glob.ts';
import { ConfigurationError } from './configuration-error.ts';
import { suggestName } from './suggest-name.ts';
import type { Configuration } from './configuration.ts';

const Texts = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const strict = { additionalProperties: false };

const UserRule = Type.Object(
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

const ConfigurationFile = Type.Object(
  {
    rules: Type.Optional(Type.Object({ disable: Type.Optional(Texts), only: Type.Optional(Texts) }, strict)),
    rule: Type.Optional(Type.Array(UserRule)),
    allow: Type.Optional(Type.Array(Allow)),
  },
  strict,
);

type ConfigurationFile = Static<typeof ConfigurationFile>;

export interface ParseConfigurationOptions {
  /** Named in errors; its ending tells TOML from YAML. */
  readonly fileName: string;
  /** `YYYY-MM-DD`, for entries that expire. */
  readonly today: string;
  /** Ids that `rules` and `allow` may name, besides those of the file's own rules. */
  readonly knownRules: readonly string[];
}

/** @throws {ConfigurationError} naming the place in the file, what was expected there and, for a wrong name, the likely right one. */
export function parseConfiguration(text: string, { fileName, today, knownRules }: ParseConfigurationOptions): Configuration {
  const file = readShape(readSyntax(text, fileName), fileName);
  const rules = new Set([...knownRules, ...(file.rule ?? []).map((rule) => rule.id)]);
  assertKnown(file.rules?.disable, rules, `${fileName}: rules.disable`);
  assertKnown(file.rules?.only, rules, `${fileName}: rules.only`);
  const allowances = (file.allow ?? []).map((entry, index) => {
    const where = `${fileName}: allow[${index}]`;
    assertKnown(entry.rules, rules, `${where}.rules`);
    if (!entry.findings && !entry.rules && !entry.paths && !entry.values) {
      throw new ConfigurationError(`${where}: says what is allowed by none of findings, rules, paths, values; add at least one.`);
    }
    for (const [i, pattern] of (entry.paths ?? []).entries()) assertGlob(pattern, `${where}.paths[${i}]`);
    return createAllowance(entry, where, today);
  });
  return {
    detector: {
      ...(file.rules?.disable ? { disabledRules: file.rules.disable } : {}),
      ...(file.rules?.only ? { enabledRules: file.rules.only } : {}),
      ...(file.rule ? { userRules: file.rule } : {}),
    },
    allowances,
  };
}

function readSyntax(text: string, fileName: string): unknown {
  try {
    return fileName.endsWith('.toml') ? JSON.parse(JSON.stringify(parseToml(text))) : (parseYaml(text, { maxAliasCount: 0 }) ?? {});
  } catch (error) {
    throw new ConfigurationError(`${fileName}: ${(error as Error).message.split('\n')[0]}`);
  }
}

function readShape(value: unknown, fileName: string): ConfigurationFile {
  for (const { instancePath, keyword, message, params } of Value.Errors(ConfigurationFile, value)) {
    if (keyword === 'boolean') continue;
    const where = `${fileName}: ${toFieldName(instancePath)}`;
    if (keyword === 'additionalProperties') {
      const [unknown = ''] = (params as { additionalProperties: string[] }).additionalProperties;
      const known = namesAt(ConfigurationFile, instancePath);
      throw new ConfigurationError(`${where}: unknown key '${unknown}'.${suggestName(unknown, known)} Known: ${known.join(', ')}.`);
    }
    throw new ConfigurationError(`${where}: ${message}.`);
  }
  return value as ConfigurationFile;
}

function toFieldName(pointer: string): string {
  const name = pointer
    .slice(1)
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
  return name === '' ? 'the file' : name;
}

/** The keys that the schema knows at a JSON pointer. */
function namesAt(schema: TSchema, pointer: string): string[] {
  let at = schema as { properties?: Record<string, object>; items?: object };
  for (const step of pointer.split('/').slice(1)) at = (/^\d+$/.test(step) ? at.items : at.properties?.[step]) ?? {};
  return Object.keys(at.properties ?? {});
}

function assertKnown(ids: readonly string[] | undefined, known: ReadonlySet<string>, where: string): void {
  for (const id of ids ?? []) {
    if (!known.has(id)) {
      throw new ConfigurationError(`${where}: there is no rule '${id}'.${suggestName(id, known)} \`deployguard rules list\` shows all.`);
    }
  }
}
