import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What counts in a report: a program of jq, an expression of XPath, or one of Python about the `rows` of a table (dictionaries by column). */
export type Counting = { readonly jq: string } | { readonly xpath: string } | { readonly rows: string };

export type Counter = 'jq' | 'xmllint' | 'python';

const run = promisify(execFile);

/** Counts by a program that shares nothing with ours. Undefined: the report is none of its kind. Throws when the program is not installed. */
export async function countEntries(
  path: string,
  counting: Counting,
): Promise<{ readonly count: number; readonly by: Counter } | undefined> {
  const { by, program, args } = buildCommand(path, counting);
  try {
    const { stdout } = await run(program, args, { maxBuffer: 1 << 20 });
    const count = Number(stdout);
    return stdout.trim() === '' || Number.isNaN(count) ? undefined : { count, by };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error(`${program} is needed to count entries; it is not installed.`, { cause: error });
    return undefined;
  }
}

function buildCommand(path: string, counting: Counting): { by: Counter; program: string; args: string[] } {
  // One JSON document stands for itself, and one a line are a list.
  if ('jq' in counting) return { by: 'jq', program: 'jq', args: ['--slurp', `if length == 1 then .[0] else . end | ${counting.jq}`, path] };
  if ('xpath' in counting) return { by: 'xmllint', program: 'xmllint', args: ['--nonet', '--huge', '--xpath', counting.xpath, path] };
  return { by: 'python', program: 'python3', args: ['-c', countRows, path, counting.rows] };
}

const countRows = `
import csv, re, sys
text = open(sys.argv[1], encoding="utf-8-sig", newline="").read()
header = text.split("\\n", 1)[0]
rows = list(csv.DictReader(text.splitlines(True), delimiter=";" if header.count(";") > header.count(",") else ","))
print(eval(sys.argv[2]))
`;
