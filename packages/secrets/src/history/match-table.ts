import type { Match } from '../detect/match.ts';
import type { DropReason } from '../detect/judge-match.ts';
import type { ObjectType } from '@deployguard/git';

/** One secret value as one rule sees it, anywhere in the repository. */
export interface SeenSecret {
  readonly ruleIndex: number;
  /** Latin-1, one character a byte. */
  readonly secret: string;
  readonly encodings: readonly string[];
  /** Path within an archive. */
  readonly innerPath?: string;
  /** Why it is not reported; kept only when drops are to be explained. */
  readonly dropped?: DropReason;
}

/** A secret in one object: where it first stands in it. */
export interface ObjectMatch {
  readonly seen: SeenSecret;
  readonly start: number;
  readonly end: number;
}

/** All matches of a scan, by object. Equal secrets share one record, so that a thousand versions of a file cost a number each. */
export class MatchTable {
  /** Blobs, commits and tags by object id. */
  readonly objects = new Map<string, { type: ObjectType; matches: ObjectMatch[] }>();
  /** File and directory names, Latin-1. */
  readonly names = new Map<string, ObjectMatch[]>();
  readonly #seen = new Map<string, SeenSecret>();

  addObject(oid: string, type: ObjectType, matches: readonly Match[]): void {
    const kept = this.#intern(matches);
    if (kept.length > 0) this.objects.set(oid, { type, matches: kept });
  }

  addName(name: string, matches: readonly Match[]): void {
    const kept = this.#intern(matches);
    if (kept.length > 0) this.names.set(name, kept);
  }

  toObjectMatch(match: Match): ObjectMatch {
    return { seen: this.#see(match), start: match.secretStart, end: match.secretEnd };
  }

  /** Only the first place of each secret in the object counts: a report names one place an object. */
  #intern(matches: readonly Match[]): ObjectMatch[] {
    const firsts = new Map<SeenSecret, ObjectMatch>();
    for (const match of matches) {
      const found = this.toObjectMatch(match);
      if (!firsts.has(found.seen)) firsts.set(found.seen, found);
    }
    return [...firsts.values()];
  }

  #see({ ruleIndex, secret, encodings, innerPath, dropped }: Match): SeenSecret {
    const key = `${ruleIndex}\0${encodings.join('>')}\0${innerPath ?? ''}\0${dropped ?? ''}\0${secret}`;
    const known = this.#seen.get(key);
    if (known) return known;
    const seen: SeenSecret = {
      ruleIndex,
      secret,
      encodings,
      ...(innerPath === undefined ? {} : { innerPath }),
      ...(dropped === undefined ? {} : { dropped }),
    };
    this.#seen.set(key, seen);
    return seen;
  }
}
