import { extname } from 'node:path';
import type { ReportedFinding } from '@deployguard/findings';
import type { Consumer } from '@deployguard/reports';

/** How many findings there are, by what they are. */
export interface FindingCounts {
  readonly severity: Record<string, number>;
  readonly kind: Record<string, number>;
  readonly scanner: Record<string, number>;
}

export function countFindings(findings: readonly ReportedFinding[]): FindingCounts {
  return {
    severity: countBy(findings, ({ severity }) => severity.label),
    kind: countBy(findings, ({ kind }) => kind),
    scanner: countBy(findings, ({ tool }) => tool.name),
  };
}

/** A scanner may be called `constructor`. */
function countBy(findings: readonly ReportedFinding[], nameOf: (finding: ReportedFinding) => string): Record<string, number> {
  const tallies = new Map<string, { count: number }>();
  for (const finding of findings) {
    const name = nameOf(finding);
    const tally = tallies.get(name);
    if (tally) tally.count++;
    else tallies.set(name, { count: 1 });
  }
  const counts = Object.create(null) as Record<string, number>;
  for (const [name, { count }] of tallies) counts[name] = count;
  return counts;
}

export const findingCounter: Consumer<FindingCounts> = {
  consume: countFindings,
  thread: new URL(`./count-findings-thread${extname(import.meta.filename)}`, import.meta.url),
};

export function addCounts(total: FindingCounts, more: FindingCounts): void {
  for (const by of ['severity', 'kind', 'scanner'] as const)
    for (const [name, count] of Object.entries(more[by])) total[by][name] = (total[by][name] ?? 0) + count;
}
