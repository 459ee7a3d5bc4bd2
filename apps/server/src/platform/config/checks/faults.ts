/** What is wrong with settings beyond their form: each begins with the name of the setting. */
export interface Faults {
  readonly problems: readonly string[];
  /** What works, and will not for long, or may be a mistake. */
  readonly warnings: readonly string[];
}

export const noFaults: Faults = { problems: [], warnings: [] };

export function joinFaults(faults: readonly Faults[]): Faults {
  return { problems: faults.flatMap(({ problems }) => problems), warnings: faults.flatMap(({ warnings }) => warnings) };
}

export function problem(...problems: string[]): Faults {
  return { problems, warnings: [] };
}
