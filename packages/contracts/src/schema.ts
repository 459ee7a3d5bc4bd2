import Type from 'typebox';
import type { TObject, TProperties, TSchema, TUnion, TNull, TUnsafe } from 'typebox';

/** A strict object (unknown properties are errors) whose title is the name of its component in the OpenAPI document. */
export function entity<const Properties extends TProperties>(
  name: string,
  properties: Properties,
  options: { readonly description?: string; readonly examples?: readonly unknown[] } = {},
): TObject<Properties> {
  return Type.Object(properties, { title: name, additionalProperties: false, ...options });
}

/** A strict object without a name of its own: path and query parameters. */
export function parameters<const Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false });
}

/** One of the words, as a plain `enum`. */
export function oneOf<const Word extends string>(words: readonly Word[], options: Record<string, unknown> = {}): TUnsafe<Word> {
  return Type.Unsafe<Word>({ type: 'string', enum: [...words], ...options });
}

export function nullable<const Schema extends TSchema>(schema: Schema): TUnion<[Schema, TNull]> {
  return Type.Union([schema, Type.Null()]);
}

/** Any JSON object. */
export const jsonObject = Type.Record(Type.String(), Type.Unknown());

export const uuid = Type.String({ format: 'uuid', description: 'UUID' });
/** RFC 3339, in UTC. */
export const timestamp = Type.String({ format: 'date-time' });
export const count = Type.Integer({ minimum: 0 });

/** Text that a person writes: one line, no control characters. */
export function line(maxLength: number, options: Record<string, unknown> = {}) {
  return Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$', ...options });
}
