import { ReviewError } from '../review-error.ts';
import type { Baseline, KnownFinding, Triage } from './baseline.ts';

/**
 * What is known, with a decision about one finding; undefined takes the decision back.
 *
 * @param fingerprint or its beginning, as long as only one finding has it
 * @throws {ReviewError} `FINDING_UNKNOWN` when none has it, or several
 */
export function triageFinding({ findings }: Baseline, fingerprint: string, decision: Triage | undefined): readonly KnownFinding[] {
  const meant = findings.filter(({ fingerprints }) => fingerprints.some((one) => one.startsWith(fingerprint)));
  const [only] = meant;
  if (only === undefined) throw new ReviewError('FINDING_UNKNOWN', `No finding of the baseline has the fingerprint ${fingerprint}.`);
  if (meant.length > 1)
    throw new ReviewError('FINDING_UNKNOWN', `${meant.length} findings have fingerprints that begin with ${fingerprint}: give more of it.`);
  const { triage: _, ...rest } = only;
  return findings.map((finding) => (finding === only ? { ...rest, ...(decision && { triage: decision }) } : finding));
}
