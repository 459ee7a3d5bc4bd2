import type { CommitReference, Finding } from '@deployguard/findings';

/** Where in a repository a secret stands. */
export type Carrier =
  | 'file'
  | 'path'
  | 'commit-message'
  | 'identity'
  | 'commit-header'
  | 'tag-message'
  | 'note'
  | 'ref-name'
  | 'working-tree'
  | 'index';

/** How a value is wrapped where it stands, outermost first: `['base64']`, `['zip', 'utf-16le']`. Empty when it stands in the clear. */
export type Encodings = readonly string[];

/** One secret (rule × value) in one path or other carrier, over the whole history. */
export interface SecretFinding extends Finding {
  readonly kind: 'secret';
  readonly provider: string;
  readonly precision: 'exact' | 'contextual' | 'generic';
  readonly carrier: Carrier;
  readonly encodings: Encodings;
  /** First and last three characters, and only of values long enough that this gives nothing away. */
  readonly preview: string;
  /** Keyed SHA-256 of the value, 64 hex digits: equal for equal values under the same key. */
  readonly valueHash: string;
  /** Where it was first and last seen, in commit order; absent for what no commit holds (ref names, unreachable objects). */
  readonly first?: SecretPlace;
  readonly last?: SecretPlace;
  /** In how many distinct objects and commits it stands. */
  readonly objectCount: number;
  readonly commitCount: number;
  /** Whether the tip of the default branch still holds it. */
  readonly isInHead: boolean;
  /** The value itself; prints as `[redacted]`. */
  readonly secret: SecretValue;
}

export interface SecretPlace {
  readonly commit: CommitReference;
  readonly path?: string;
  /** Id of the object that holds it; absent for names. */
  readonly object?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Holds a secret's bytes so that no log, JSON or inspection shows them by accident. */
export class SecretValue {
  readonly #latin1: string;

  /** `latin1`: one character a byte. */
  constructor(latin1: string) {
    this.#latin1 = latin1;
  }

  /** The only way to the value. Latin-1, one character a byte. */
  reveal(): string {
    return this.#latin1;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
