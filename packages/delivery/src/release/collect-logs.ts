import type { Instance, LogLine, Target } from '../targets/target.ts';

const linesKept = 100;

/** The last that these instances printed, in the order of time. */
export async function collectLogs(target: Target, instances: readonly Instance[]): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for (const instance of instances) {
    for await (const line of target.logs(instance, { last: linesKept })) lines.push(line);
  }
  return lines.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)).slice(-linesKept);
}
