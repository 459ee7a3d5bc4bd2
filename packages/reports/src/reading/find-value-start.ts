import type { ReportBytes } from './report-bytes.ts';

/** Some scanners write their JSON as a script for their own page: `scoutsuite_results =` and then the value. */
const assignment = /^\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]*\s*=\s*(?=[[{])/;

const longestAssignment = 256;

/** Where the JSON of a report begins: behind the name that it is given, if it is given one. */
export async function findValueStart(source: ReportBytes): Promise<number> {
  const start = Buffer.alloc(longestAssignment);
  const count = await source.read(start, 0);
  return assignment.exec(start.toString('latin1', 0, count))?.[0].length ?? 0;
}
