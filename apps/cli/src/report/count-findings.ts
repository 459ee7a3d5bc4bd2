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
  const counts: FindingCounts = { severity: createCounts(), kind: createCounts(), scanner: createCounts() };
  for (const { severity, kind, tool } of findings) {
    count(counts.severity, severity.label);
    count(counts.kind, kind);
    count(counts.scanner, tool.name);
  }
  return counts;
}

export const findingCounter: Consumer<FindingCounts> = {
  consume: countFindings,
  thread: new URL(`./count-findings-thread${extname(import.meta.filename)}`, import.meta.url),
};

export function addCounts(total: FindingCounts, more: FindingCounts): void {
  for (const by of ['severity', 'kind', 'scanner'] as const)
    for (const [name, number] of Object.entries(more[by])) count(total[by], name, number);
}

/** A scanner may be called `constructor`. */
function createCounts(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

function count(counts: Record<string, number>, name: string, number = 1): void {
  counts[name] = (counts[name] ?? 0) + number;
}
