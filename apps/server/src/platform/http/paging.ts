import { ApiError } from './api-error.ts';

/** Which page of a list is wanted. Lists are ordered by id, newest first: our ids begin with the time. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number | undefined;
  /** The id after which the page begins. */
  readonly afterId: string | undefined;
}

/** Reads the paging parameters of a list. Throws `INVALID` for a cursor that is none of ours, and for cursor and offset at once. */
export function parsePage(query: {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
}): PageRequest {
  if (query.cursor !== undefined && query.offset !== undefined) throw pagingError('/offset', 'cannot be combined with cursor');
  return {
    limit: query.limit ?? 50,
    offset: query.offset,
    afterId: query.cursor === undefined ? undefined : parseCursor(query.cursor),
  };
}

/** A page from rows of which one more than the limit was asked for: the extra row tells that there are more. */
export function buildPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  { limit }: PageRequest,
  toItem: (row: Row) => Item,
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next_cursor: rows.length > limit && last !== undefined ? formatCursor(last.id) : null };
}

/** Opaque, so that clients do not build their own and it can change. */
function formatCursor(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function parseCursor(text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== text) throw pagingError('/cursor', 'is not a cursor of this list');
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function pagingError(path: string, message: string): ApiError {
  return new ApiError('INVALID', `The query is not valid: ${path} ${message}.`, { errors: [{ in: 'query', path, message }] });
}
