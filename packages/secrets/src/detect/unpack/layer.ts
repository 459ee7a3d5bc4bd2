/** Content that was found inside other content. */
export interface Layer {
  /** What it was wrapped in: `gzip`, `zip`, `tar`, `utf-16le` … */
  readonly encoding: string;
  /** Name of the member of an archive, Latin-1, exactly as it stands there: never to be used as a path. */
  readonly innerPath?: string;
  readonly content: Buffer;
  /** The bytes of the outer content that hold it. */
  readonly start: number;
  readonly end: number;
  /** The outer bytes of a range of the inner content; absent when only the whole can be named. */
  readonly toOuter?: (start: number, end: number) => readonly [number, number];
}
