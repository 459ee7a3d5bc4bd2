import fc from 'fast-check';

/** The part of JSON Schema that our contracts use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that follow a schema. */
export function arbitraryFor(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): fc.Arbitrary<unknown> {
  const of = (inner: JsonSchema): fc.Arbitrary<unknown> => arbitraryFor(inner, components);
  if (schema.$ref !== undefined) return of(components[schema.$ref.split('/').at(-1)!]!);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(of));
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, of(inner)] as const);
      return fc.record(Object.fromEntries(properties), { requiredKeys: [...(schema.required ?? [])] });
    }
    case 'array': {
      const length = { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 5, 5) };
      return schema.uniqueItems ? fc.uniqueArray(of(schema.items ?? {}), length) : fc.array(of(schema.items ?? {}), length);
    }
    case 'string':
      return arbitraryText(schema);
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -1000, -(2 ** 31)), max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

function arbitraryText({ format, pattern, minLength = 0, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time')
    return fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength: Math.min(maxLength ?? 200, 200) });
  return fc.string({ minLength, maxLength: Math.min(maxLength ?? 50, 200), unit: 'binary' });
}

/** Mostly the values themselves; now and then something else in the place of them, or of a part. */
export function mangle(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const nasty = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      ' ',
      '-1',
      '--help',
      '../../etc/passwd',
      "' or 1=1 --",
      '\u0000',
      '\u202e',
      '${7*7}',
      'NaN',
      '1e999',
      [],
      {},
      [[]],
      true,
      -0,
    ),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.maxSafeInteger(),
    fc.jsonValue(),
  );
  const changed = fc.tuple(values, nasty, fc.nat()).map(([value, odd, position]) => {
    if (typeof value !== 'object' || value === null) return odd;
    const names = [...Object.keys(value), 'unknown', '__proto__', 'constructor'];
    return { ...value, [names[position % names.length]!]: odd };
  });
  return fc.oneof({ weight: 3, arbitrary: values }, { weight: 2, arbitrary: changed }, { weight: 1, arbitrary: nasty });
}
