import type { ListFlags } from '../commands/add-options.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

const longestPage = 200;

/** The items that were asked for, page by page. */
export async function listAll<Item>(
  { limit, all = false }: ListFlags,
  getPage: (query: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
): Promise<{ readonly items: readonly Item[]; readonly hasMore: boolean }> {
  const wanted = all ? Number.POSITIVE_INFINITY : limit;
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await getPage({ limit: Math.min(longestPage, wanted - items.length), ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && items.length < wanted);
  return { items, hasMore: cursor !== undefined };
}
