import { listSources } from '../duplicates/list-sources.ts';
import type { ReportedFinding } from '../reported-finding.ts';
import { describeReportedPlace } from '../describe-reported-place.ts';
import type { KnownFinding } from './baseline.ts';

/** `reopened`: it was gone, or said to be fixed, and is back. */
export type FindingChange = 'new' | 'unchanged' | 'closed' | 'reopened';

export interface ComparedFinding {
  readonly change: Exclude<FindingChange, 'closed'>;
  /** As it is known from now on. */
  readonly known: KnownFinding;
}

/**
 * Compares findings with those that are known: give it all findings of now, one by one, then ask which are closed. Findings are the same
 * when anybody who reported one also reported the other, by fingerprint: line numbers play no part.
 *
 * States of a finding: open → closed (not reported any more) → open (reopened). What was decided about it stays, except that it is fixed
 * when it is not.
 */
export class FindingComparison {
  readonly #before: readonly KnownFinding[];
  readonly #time: string;
  readonly #byFingerprint = new Map<string, KnownFinding>();
  readonly #now = new Map<KnownFinding, Set<KnownFinding>>();

  /** @param time RFC 3339: when what is new is first seen and what is gone is closed. */
  constructor(before: readonly KnownFinding[], time: string) {
    this.#before = before;
    this.#time = time;
    for (const known of before)
      for (const fingerprint of known.fingerprints) this.#byFingerprint.set(`${fingerprint} ${known.asset ?? ''}`, known);
  }

  add(finding: ReportedFinding): ComparedFinding {
    const seen = describeFinding(finding, this.#time);
    const earlier = new Set(
      seen.fingerprints.flatMap((fingerprint) => this.#byFingerprint.get(`${fingerprint} ${seen.asset ?? ''}`) ?? []),
    );
    const known = inherit(seen, [...earlier]);
    this.#now.set(known, earlier);
    if (earlier.size === 0) return { change: 'new', known };
    return { change: [...earlier].every(isGone) ? 'reopened' : 'unchanged', known };
  }

  /** What was open and was not reported any more. */
  listClosed(): KnownFinding[] {
    const reported = new Set([...this.#now.values()].flatMap((earlier) => [...earlier]));
    return this.#before.filter((known) => known.state === 'open' && !reported.has(known));
  }

  /** All that is known from now on; comparing the same findings with it changes nothing. */
  listKnown(): KnownFinding[] {
    const spoken = new Set([...this.#now.keys()].flatMap(({ fingerprints }) => fingerprints));
    const reported = new Set<KnownFinding>();
    const present = [...this.#now].map(([known, earlier]) => {
      // Who does not report it any more may again tomorrow.
      const silent = [...earlier].filter((one) => !reported.has(one)).flatMap(({ fingerprints }) => fingerprints);
      for (const one of earlier) reported.add(one);
      const fingerprints = [...known.fingerprints, ...silent.filter((fingerprint) => !spoken.has(fingerprint))];
      return { ...known, fingerprints: [...new Set(fingerprints)].sort() };
    });
    return [...present, ...this.#before.filter((known) => !reported.has(known)).map((known) => this.#close(known))];
  }

  #close(known: KnownFinding): KnownFinding {
    return known.state === 'closed' ? known : { ...known, state: 'closed', closedAt: this.#time };
  }
}

/** When it was first seen, and what was decided about all that it was known as. It is there, so that nothing says any more that it is fixed. */
function inherit(seen: KnownFinding, earlier: readonly KnownFinding[]): KnownFinding {
  const [firstSeenAt] = earlier.flatMap((known) => known.firstSeenAt ?? []).sort();
  const decisions = earlier.flatMap(({ triage }) => (triage === undefined || triage.decision === 'fixed' ? [] : triage));
  const triage = decisions.length === earlier.length ? decisions[0] : undefined;
  return { ...seen, ...(firstSeenAt !== undefined && { firstSeenAt }), ...(triage && { triage }) };
}

/** A finding as it is known when it is seen for the first time. */
function describeFinding(finding: ReportedFinding, firstSeenAt: string): KnownFinding {
  const place = describeReportedPlace(finding);
  return {
    fingerprints: [...new Set(listSources(finding).map(({ fingerprint }) => fingerprint))].sort(),
    state: 'open',
    firstSeenAt,
    kind: finding.kind,
    severity: finding.severity.label,
    rule: finding.rule.id,
    title: finding.title,
    ...(place !== undefined && { place }),
    ...(finding.asset && { asset: `${finding.asset.type} ${finding.asset.name}` }),
  };
}

function isGone({ state, triage }: KnownFinding): boolean {
  return state === 'closed' || triage?.decision === 'fixed';
}
