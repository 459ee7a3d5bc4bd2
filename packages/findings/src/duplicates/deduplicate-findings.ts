import type { ReportedFinding } from '../reported-finding.ts';
import { findClues } from './duplicate-clues.ts';
import { DuplicateFinder } from './duplicate-finder.ts';
import { mergeFindings } from './merge-findings.ts';

/** Can be read several times, from its beginning each time: a list, or a file. */
export type Rereadable<Item> = Iterable<Item> | AsyncIterable<Item>;

/**
 * Each problem once, where the last of the findings that mean it stands. Reads the findings twice; besides what {@link DuplicateFinder}
 * holds, only findings that wait for others of theirs are in memory.
 */
export async function* deduplicateFindings(findings: Rereadable<ReportedFinding>): AsyncGenerator<ReportedFinding> {
  const finder = new DuplicateFinder();
  for await (const finding of findings) finder.add(findClues(finding));
  const groups = finder.settle();
  const waiting = new Map<number, ReportedFinding[]>();
  let index = -1;
  for await (const finding of findings) {
    index++;
    const size = groups.sizeOf(index);
    if (size === 1) {
      yield finding;
      continue;
    }
    const group = groups.groupOf(index);
    const members = waiting.get(group) ?? [];
    members.push(finding);
    if (members.length < size) waiting.set(group, members);
    else {
      waiting.delete(group);
      yield mergeFindings(members);
    }
  }
}
