import type { Severity } from '@deployguard/findings';
import type { Sampler } from './sampler.ts';

/** In place of a provider in rules that users wrote: what those match is a secret, whatever it looks like. */
export const customProvider = 'Custom';

/**
 * How one kind of secret is recognised.
 *
 * Content is matched as Latin-1 text, one character a byte, so that every file can be read and every offset is a byte offset.
 * A rule is tried only where one of its keywords stands (the *anchor*), on a bounded window around it; see `detect/match-at-anchor.ts`.
 */
export interface Rule {
  /** Stable, kebab-case, `<provider>-<kind>`: appears in findings, baselines and configuration. */
  readonly id: string;
  /** What a person calls it: `GitHub personal access token (classic)`. */
  readonly title: string;
  readonly provider: string;
  readonly severity: Severity;
  /**
   * `exact`: the form alone identifies the secret. `contextual`: a shapeless value beside the provider's name.
   * `generic`: a value assigned to something that sounds secret; yields to any other rule that finds the same value.
   */
  readonly precision: 'exact' | 'contextual' | 'generic';
  /** At least 3 characters each; every match holds one. Compared without case when the expression ignores case. */
  readonly keywords: readonly string[];
  /** Only the flags `i` and `s`. The named group `secret` is the secret; without it the whole match is. */
  readonly expression: RegExp;
  /** How many bytes before the keyword a match may begin. 0 (the default): exactly at the keyword; look-behind is always seen. */
  readonly lookBehind?: number;
  /** How many bytes from the start of the keyword a match may extend, look-ahead included. Default 512. */
  readonly reach?: number;
  /** Tried only where the keyword begins within this many bytes of the content's start: for files that are a secret as a whole. */
  readonly maxOffset?: number;
  /** Whether a match may span line ends. Default false: the window ends at the line. */
  readonly multiline?: boolean;
  /** Those of the keywords that are not looked for in encoded text, because they are very many. */
  readonly plainKeywords?: readonly string[];
  /** Whether a keyword counts only where an assignment follows it (`detect/is-assigned-after.ts`): for keywords that are everyday words. */
  readonly needsOperator?: boolean;
  /**
   * For secrets that an expression cannot single out (several in one document): finds all of them in the window, once `expression` has
   * matched exactly at the keyword. Depends on its arguments only.
   */
  readonly locate?: (window: string, keywordAt: number) => readonly LocatedSecret[];
  /** The secret's Shannon entropy in bits a character must be at least this. */
  readonly minEntropy?: number;
  /**
   * How the secret of a `generic` rule comes about, which decides what is believed: a `password` may be made of words with a digit or
   * a sign, something `random` may not. A `weak` one is made of words and nothing else;
   * what is `given` in a format made for secrets may even be a first guess.
   */
  readonly chosen?: 'password' | 'random' | 'weak' | 'given';
  /** Id of the rule that judges once more what this one drops, and whose finding it is when it passes there. */
  readonly weaker?: string;
  /** Checks what the form itself promises (a checksum, a decodable part). False drops the match as `checksum`. */
  readonly isValid?: (secret: string) => boolean;
  /** Secrets that match any of these are published examples or placeholders, not secrets. */
  readonly notSecrets?: readonly RegExp[];
  /** Only files whose path matches. Paths are known after attribution; messages and names have none. */
  readonly paths?: RegExp;
  /** Files in which frameworks put a value of their own making, for development and tests and to be committed: there it is of low severity. */
  readonly developmentPaths?: RegExp;
  /** Where the provider documents the form. */
  readonly source: string;
  readonly rotation: Rotation;
  readonly examples: RuleExamples;
}

/** A secret in a window, as offsets of that window. */
export interface LocatedSecret {
  readonly start: number;
  readonly end: number;
  /** The secret's own value where `start` to `end` hold it encoded. */
  readonly decoded?: { readonly secret: string; readonly encoding: string };
}

/** What to do when such a secret has leaked. */
export interface Rotation {
  /** The provider's page where it is revoked or its guide to doing so. */
  readonly url: string;
  /** In the imperative, in order. */
  readonly steps: readonly string[];
}

/**
 * The rule's own evidence: texts as they stand in files. Built at run time by a seeded sampler, so that no file of this project
 * holds anything that looks like a secret. At least two of each.
 */
export interface RuleExamples {
  readonly matches: readonly ((sample: Sampler) => string)[];
  readonly misses: readonly ((sample: Sampler) => string)[];
}
