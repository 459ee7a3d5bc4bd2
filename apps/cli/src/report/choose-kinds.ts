import type { ReportedFinding, Rereadable } from '@deployguard/findings';
import type { FindingFormatFlags } from '../commands/report/add-report-options.ts';

/** Only the findings of the kinds that were asked for. */
export function chooseKinds(
  findings: Rereadable<ReportedFinding>,
  { kind: kinds }: Pick<FindingFormatFlags, 'kind'>,
): Rereadable<ReportedFinding> {
  if (kinds === undefined) return findings;
  return {
    async *[Symbol.asyncIterator]() {
      for await (const finding of findings) if (kinds.includes(finding.kind)) yield finding;
    },
  };
}
