/** Why a labelled value is not measured; see docs/accuracy.md. */
export type ScopeCategory =
  | 'identifier'
  | 'hash'
  | 'placeholder'
  | 'shapeless'
  | 'container'
  | 'policy'
  | 'wrong label'
  | 'repeated'
  | 'no secret';

/** A value that a set says is a secret. */
export interface LabelledValue {
  /** Latin-1, as the scanner's secrets are. */
  readonly value: string;
  /** Its bytes in the content; absent for values inside of containers, which are compared as text. */
  readonly start?: number;
  readonly end?: number;
  readonly kind: string;
  readonly outOfScope?: ScopeCategory;
}

/** One piece of content of a set, with what the set says about it. */
export interface Sample {
  /** Where it stands in the set. */
  readonly id: string;
  /** The set's name for what it is about. */
  readonly kind: string;
  readonly path?: string;
  readonly content: Buffer;
  /** Labelled values, or a label of the text as a whole. */
  readonly label: readonly LabelledValue[] | 'secret' | 'none';
  readonly outOfScope?: ScopeCategory;
  /** Whether the rest of the content may hold more secrets than are labelled, so that only values labelled as no secrets are false alarms. */
  readonly isPartlyLabelled?: boolean;
}
