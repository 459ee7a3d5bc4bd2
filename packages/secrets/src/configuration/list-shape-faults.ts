import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { ConfigurationFault, FaultPath } from './configuration-fault.ts';
import { suggestName } from './suggest-name.ts';

/** The parts of a schema that are looked at here. */
interface Shape {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly minItems?: number;
  readonly anyOf?: readonly { readonly const?: unknown; readonly type?: string }[];
}

/** Everything in a value that does not fit its schema: the library itself stops after a few. */
export function listShapeFaults(schema: TSchema, value: unknown, path: FaultPath = []): ConfigurationFault[] {
  const { properties, required = [], items, minItems = 0 } = schema as Shape;
  if (properties) return listTableFaults(properties, required, value, path);
  if (!items) return listScalarFaults(schema, value, path);
  if (!Array.isArray(value)) return [{ path, message: `must be a list${path.length === 1 ? ` (in TOML: [[${path[0]}]])` : ''}` }];
  if (value.length < minItems) return [{ path, message: 'is empty; name something, or leave it out' }];
  return value.flatMap((item: unknown, index) => listShapeFaults(items, item, [...path, index]));
}

function listTableFaults(
  properties: Readonly<Record<string, TSchema>>,
  required: readonly string[],
  value: unknown,
  path: FaultPath,
): ConfigurationFault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, message: 'must be a table of keys' }];
  const known = Object.keys(properties);
  const given = new Map(Object.entries(value));
  return [
    ...[...given.keys()]
      .filter((name) => !known.includes(name))
      .map((key) => ({ path, key, message: `unknown key '${key}'.${suggestName(key, known)} Known: ${known.join(', ')}` })),
    ...required.filter((name) => !given.has(name)).map((name) => ({ path, message: `lacks '${name}'` })),
    ...known.flatMap((name) => (given.has(name) ? listShapeFaults(properties[name]!, given.get(name), [...path, name]) : [])),
  ];
}

function listScalarFaults(schema: TSchema, value: unknown, path: FaultPath): ConfigurationFault[] {
  const [error] = Value.Errors(schema, value);
  if (!error) return [];
  const { anyOf } = schema as Shape;
  if (!anyOf) return [{ path, message: error.message }];
  const isChoice = anyOf.every((choice) => choice.const !== undefined);
  const choices = anyOf.map((choice) => String(isChoice ? choice.const : choice.type));
  return [{ path, message: isChoice ? `must be one of ${choices.join(', ')}` : `must be ${choices.join(' or ')}` }];
}
