import { DuplicateFinder, findClues } from '@deployguard/findings/review';
import { ApiError } from '../../platform/http/index.ts';
import type { FindingWithContent } from './queries.ts';

/** What tells findings apart takes some hundred bytes of memory for each. */
const mostFindings = 200_000;

/**
 * Of stored findings that mean the same problem, in whichever assessments and of whichever tools, the worst that counts. They are read twice; those
 * that come in between are told. Throws `ILLEGAL_STATE` when there are too many.
 */
export function readDistinctFindings(stored: AsyncIterable<FindingWithContent>): AsyncIterable<FindingWithContent> {
  return {
    async *[Symbol.asyncIterator]() {
      const hidden = await findHidden(stored);
      for await (const row of stored) if (!hidden.has(row.id)) yield row;
    },
  };
}

/** The ids of those for which another one stands. */
async function findHidden(stored: AsyncIterable<FindingWithContent>): Promise<ReadonlySet<string>> {
  const finder = new DuplicateFinder();
  const known: { readonly id: string; readonly weight: number }[] = [];
  for await (const row of stored) {
    if (known.length === mostFindings)
      throw new ApiError(
        'ILLEGAL_STATE',
        `There are more than ${mostFindings} findings, too many to tell each problem once. Choose fewer.`,
      );
    finder.add(findClues(row.content));
    known.push({ id: row.id, weight: weigh(row) });
  }
  const groups = finder.settle();
  const leads = new Map<number, number>();
  const hidden = new Set<string>();
  for (const [index, { id, weight }] of known.entries()) {
    if (groups.sizeOf(index) === 1) continue;
    const group = groups.groupOf(index);
    const lead = leads.get(group);
    if (lead !== undefined && known[lead]!.weight <= weight) {
      hidden.add(id);
      continue;
    }
    if (lead !== undefined) hidden.add(known[lead]!.id);
    leads.set(group, index);
  }
  return hidden;
}

/** The lower, the worse. What does not count stands for nothing that does. */
function weigh({ severity, suppression, decision }: FindingWithContent): number {
  return severity + (suppression === null && decision === null ? 0 : 10);
}
