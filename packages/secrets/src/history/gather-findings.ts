import type { Carrier } from '../secret-finding.ts';
import type { DropReason } from '../detect/judge-match.ts';
import type { Rule } from '../rules/rule.ts';
import type { Sighting } from './attribute-matches.ts';

/** All sightings of one rule's value in one place, folded together. */
export interface GatheredFinding {
  readonly rule: Rule;
  /** Latin-1. */
  readonly secret: string;
  readonly carrier: Carrier;
  /** What tells this finding from others of the same rule and value: the path, else the kind of carrier. Latin-1. */
  readonly place: string;
  readonly dropped?: DropReason;
  readonly encodings: readonly string[];
  readonly innerPath?: string;
  /** The oldest sighting. */
  first: Sighting;
  /** The newest sighting. */
  readonly last: Sighting;
  readonly objects: Set<string>;
  commitCount: number;
  isInHead: boolean;
}

/** Folds sightings, which must come newest first, into findings. */
export class FindingGatherer {
  readonly findings = new Map<string, GatheredFinding>();
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  add(sighting: Sighting): void {
    const { seen } = sighting.match;
    const rule = this.#rules[seen.ruleIndex]!;
    const place = placeOf(sighting);
    const key = `${rule.id}\0${seen.secret}\0${sighting.carrier}\0${place}\0${seen.dropped ?? ''}`;
    const known = this.findings.get(key);
    if (!known) {
      this.findings.set(key, {
        rule,
        secret: seen.secret,
        carrier: sighting.carrier,
        place,
        encodings: seen.encodings,
        ...(seen.innerPath === undefined ? {} : { innerPath: seen.innerPath }),
        ...(seen.dropped === undefined ? {} : { dropped: seen.dropped }),
        first: sighting,
        last: sighting,
        objects: new Set(sighting.object === undefined ? [] : [sighting.object]),
        commitCount: sighting.commit === undefined ? 0 : 1,
        isInHead: false,
      });
      return;
    }
    if (sighting.object !== undefined) known.objects.add(sighting.object);
    if (sighting.commit !== undefined && sighting.commit !== known.first.commit) known.commitCount++;
    known.first = sighting;
  }
}

function placeOf({ carrier, path, ref, match }: Sighting): string {
  if (carrier === 'note') return ref ?? carrier;
  if (carrier === 'ref-name') return ref!;
  if (path === undefined) return carrier;
  return match.seen.innerPath === undefined ? path : `${path}!${match.seen.innerPath}`;
}
