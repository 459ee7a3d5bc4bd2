import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import Value from 'typebox/value';
import { describeFault } from '../schema/index.ts';
import { ApiError } from './api-error.ts';
import type { InvalidField } from './api-error.ts';

const maxErrors = 20;

/** Checks one part of a request and gives its value, with defaults. Throws `INVALID` with every fault by its place. */
export type Validate = (value: unknown) => unknown;

/** Query and path are text, so `5` counts as a number there, in the form that JSON has; a body is taken as it is. */
export function compileValidator(schema: TSchema, part: InvalidField['in']): Validate {
  const validator = Compile(schema);
  return (input) => {
    const value = Value.Default(schema, part === 'body' ? input : readTexts(schema as TextSchema, input));
    if (validator.Check(value)) return lowerIds(schema as IdSchema, value);
    const errors = listFaults(validator.Errors(value), value, part);
    throw new ApiError('INVALID', `The ${part === 'params' ? 'path' : part} is not valid: ${describe(errors)}`, { errors });
  };
}

interface TextSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** What programs take for numbers otherwise (`0x10`, `1e1`, ` 5`, `true`) is none. */
const forms: Readonly<Record<string, RegExp>> = {
  integer: /^(?:0|-?[1-9]\d*)$/,
  number: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/,
  boolean: /^(?:true|false)$/,
};

function readTexts({ properties = {} }: TextSchema, input: unknown): unknown {
  const read = ([name, value]: [string, unknown]): [string, unknown] => {
    const type = Object.hasOwn(properties, name) ? properties[name]!.type : undefined;
    const isWritten = typeof value === 'string' && forms[type ?? '']?.test(value) === true;
    return [name, isWritten ? JSON.parse(value) : value];
  };
  return Object.fromEntries(Object.entries(input ?? {}).map(read));
}

/** As far as ids can stand in it. */
interface IdSchema {
  readonly format?: string;
  readonly items?: IdSchema;
  readonly properties?: Readonly<Record<string, IdSchema>>;
  readonly anyOf?: readonly IdSchema[];
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The same id may come in large letters (RFC 9562 §4); the database writes it in small ones, and so must everything that compares or hashes it. */
function lowerIds({ format, items, properties, anyOf = [] }: IdSchema, value: unknown): unknown {
  if (typeof value === 'string') {
    const isId = format === 'uuid' || anyOf.some((choice) => choice.format === 'uuid');
    return isId && uuid.test(value) ? value.toLowerCase() : value;
  }
  if (Array.isArray(value)) return items ? value.map((item) => lowerIds(items, item)) : value;
  if (typeof value !== 'object' || value === null || properties === undefined) return value;
  const lowered = Object.entries(value).map(([name, member]): [string, unknown] => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, schema ? lowerIds(schema, member) : member];
  });
  return Object.fromEntries(lowered);
}

type Fault = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

/** Faults as people need them: an unknown property by its name, and once. */
function listFaults(faults: readonly Fault[], value: unknown, part: InvalidField['in']): InvalidField[] {
  const fields = faults.flatMap((fault): InvalidField[] => {
    // It names what those before it are about, and is missing where there are many of them.
    if (fault.keyword === 'additionalProperties') return [];
    if (fault.keyword === 'boolean') return [{ in: part, path: shorten(fault.instancePath), message: 'is not known here' }];
    if (fault.keyword === 'required') {
      const { requiredProperties } = fault.params as { requiredProperties: readonly string[] };
      return requiredProperties.map((name) => ({ in: part, path: pointer(fault.instancePath, name), message: 'is missing' }));
    }
    return [{ in: part, path: shorten(fault.instancePath), message: describeFault(fault, value) }];
  });
  return fields.slice(0, maxErrors);
}

function describe([first, ...rest]: readonly InvalidField[]): string {
  if (first === undefined) return 'it is not valid.';
  return `${first.path === '' ? 'it' : first.path} ${first.message}${rest.length > 0 ? `, and ${rest.length} more.` : '.'}`;
}

function pointer(parent: string, name: string): string {
  return shorten(`${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/** A name can be as long as a body; nobody needs it back in full. */
function shorten(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 200)}…`;
}
