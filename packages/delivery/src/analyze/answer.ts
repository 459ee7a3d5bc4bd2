/**
 * How far an answer can be relied on: `high` is written down in the repository for this purpose, `medium` follows from how such projects
 * usually are, `low` is a default that nothing in the repository speaks for or against.
 */
export type Confidence = 'high' | 'medium' | 'low';

/** One thing that was worked out, and what it rests on. */
export interface Answer<Value> {
  readonly value: Value;
  /** Id of the rule that gave it, such as `node-start-script`. */
  readonly rule: string;
  readonly confidence: Confidence;
  /** Path from the top of the tree; absent where no file speaks for it. */
  readonly file?: string;
  /** From 1 on. */
  readonly line?: number;
}
