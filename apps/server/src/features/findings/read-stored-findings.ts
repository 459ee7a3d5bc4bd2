import type { FindingFilter } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { readFindings } from './queries.ts';
import type { FindingWithContent } from './queries.ts';

const pageSize = 500;

/** Findings as their reports said them last, page by page: read again for each reading, none of them kept. */
export function readStoredFindings(
  { database }: Pick<Platform, 'database'>,
  tenantId: string,
  filter: FindingFilter,
  signal: AbortSignal,
): AsyncIterable<FindingWithContent> {
  return {
    async *[Symbol.asyncIterator]() {
      let afterId: string | undefined;
      for (;;) {
        signal.throwIfAborted();
        const page: FindingWithContent[] = await database.asTenant(tenantId, (tx) => readFindings(tx, filter, afterId, pageSize));
        yield* page;
        if (page.length < pageSize) return;
        afterId = page.at(-1)!.id;
      }
    },
  };
}
