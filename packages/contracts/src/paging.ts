import Type from 'typebox';
import type { TArray, TInteger, TNull, TObject, TOptional, TSchema, TString, TUnion } from 'typebox';
import { count, entity, nullable } from './schema.ts';

/**
 * Query parameters of every list. A cursor is stable while rows come and go; an offset is for pages that people jump to.
 * Both at once are refused.
 */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many items a page holds.' })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000, description: 'How many items to skip.' })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$', description: '`next_cursor` of the page before.' }),
  ),
};

type Page<Item extends TSchema> = TObject<{
  items: TArray<Item>;
  next_cursor: TUnion<[TString, TNull]>;
  total: TOptional<TInteger>;
}>;

/** A page of items, newest first. */
export function pageOf<const Item extends TSchema>(name: string, item: Item): Page<Item> {
  return entity(name, {
    items: Type.Array(item),
    next_cursor: nullable(Type.String({ description: 'Pass it as `cursor` to have the next page; null on the last one.' })),
    total: Type.Optional(Type.Integer({ ...count, description: 'How many there are in all; only with `offset`.' })),
  });
}
