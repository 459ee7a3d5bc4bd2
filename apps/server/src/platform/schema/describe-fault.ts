import Value from 'typebox/value';

/** What a value has that does not follow its schema, as TypeBox tells it. */
export interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** A fault in words that need no knowledge of schemas: what follows the name of the setting in a sentence. Values are not repeated. */
export function describeFault({ keyword, instancePath, message, params }: SchemaFault, root: unknown): string {
  const describe = Object.hasOwn(descriptions, keyword) ? descriptions[keyword] : undefined;
  if (describe === undefined) return message;
  return describe(params as Limits, Value.Pointer.Get(root, instancePath));
}

interface Limits {
  readonly limit: number;
  readonly pattern: string;
  readonly format: string;
  readonly type: string | readonly string[];
  readonly allowedValue: unknown;
  readonly allowedValues: readonly unknown[];
  readonly requiredProperties: readonly string[];
}

const atMost =
  (what: string) =>
  ({ limit }: Limits): string =>
    `must have at most ${count(limit, what)}`;
const atLeast =
  (what: string) =>
  ({ limit }: Limits): string =>
    limit === 1 ? 'must not be empty' : `must have at least ${count(limit, what)}`;

const descriptions: Readonly<Record<string, (params: Limits, value: unknown) => string>> = {
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  exclusiveMinimum: ({ limit }) => `must be more than ${limit}`,
  exclusiveMaximum: ({ limit }) => `must be less than ${limit}`,
  minLength: atLeast('character'),
  maxLength: atMost('character'),
  minItems: atLeast('entry'),
  maxItems: atMost('entry'),
  minProperties: atLeast('entry'),
  maxProperties: atMost('entry'),
  uniqueItems: () => 'must not hold an entry twice',
  required: ({ requiredProperties }) => `needs ${requiredProperties.join(' and ')}`,
  enum: ({ allowedValues }) => `must be one of ${allowedValues.join(', ')}`,
  const: ({ allowedValue }) => `must be ${String(allowedValue)}`,
  not: () => 'is no name that can stand here',
  anyOf: () => 'has none of the forms that it may have',
  format: ({ format }) => `must be ${formats[format] ?? `in the format ${format}`}`,
  pattern: ({ pattern }, value) => describePattern(pattern, String(value)),
  type: ({ type }, value) => `must be ${[type].flat().map(nameType).join(' or ')}${isScalar(value) && type === 'string' ? inQuotes : ''}`,
};

const inQuotes = ': write it in quotes';

const formats: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  date: 'a day such as 2026-12-31',
  'date-time': 'a time such as 2026-12-31T23:59:59Z',
};

const types: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function nameType(type: string): string {
  return types[type] ?? type;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** Most expressions refuse control characters, which nobody sees in what they wrote. */
function describePattern(pattern: string, value: string): string {
  if (value.includes('\0')) return 'holds a zero byte';
  if (/[\u0000-\u001f\u007f]/.test(value)) return 'holds a line break or another control character';
  return `does not have the form ${pattern}`;
}

function count(limit: number, what: string): string {
  return `${limit} ${limit === 1 ? what : what.replace(/y$/, 'ie')}${limit === 1 ? '' : 's'}`;
}
