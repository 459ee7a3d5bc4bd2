/** Steps from the top of a file to a value: keys, and positions in lists. */
export type FaultPath = readonly (string | number)[];

/** One thing that is wrong in a configuration file. */
export interface ConfigurationFault {
  /** What it is about. */
  readonly path: FaultPath;
  /** The key in it that must not be there. */
  readonly key?: string;
  /** What was expected; without the full stop. */
  readonly message: string;
}
