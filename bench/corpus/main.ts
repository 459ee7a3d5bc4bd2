// How well the reports of a folder are read: `<folder>/<scanner>/…`, or `<folder>/files/<scanner>/…` with `<folder>/expected.json` beside it, which
// says of `<scanner>/…` how many findings there are:
//   node bench/corpus/main.ts FOLDER [--names FILE]     whose they are taken for and what is found; FILE (names.json): `{"<scanner>": "<id>"}`, or a list of ids
//   node bench/corpus/main.ts FOLDER --mutations 500    each changed so many times and read: nothing may crash, hang or need more memory than it may
//   node bench/corpus/main.ts FOLDER --uploads 5        the same through a service: no answer of 500 or above, and each job ends and says how
// Where the counts differ, jq, xmllint and python3 count the entries again.
// --only PATH… takes those alone whose path begins so, --seed N makes other changes.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { countFindings } from './count-findings.ts';
import { readMutations } from './read-mutations.ts';
import { uploadMutations } from './upload-mutations.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    names: { type: 'string', default: join(import.meta.dirname, 'names.json') },
    mutations: { type: 'string' },
    uploads: { type: 'string' },
    only: { type: 'string', multiple: true, default: [''] },
    seed: { type: 'string', default: '1' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: node bench/corpus/main.ts FOLDER [--names FILE | --mutations N | --uploads N]');

const root = existsSync(join(folder, 'files')) ? join(folder, 'files') : folder;
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
  .filter((path) => path.includes('/') && values.only.some((start) => path.startsWith(start)))
  .sort();
const seed = Number(values.seed);

if (values.mutations !== undefined) await readMutations(root, files, { times: Number(values.mutations), seed });
else if (values.uploads !== undefined) await uploadMutations(root, files, { times: Number(values.uploads), seed });
else await countFindings(root, files, { expected: load(join(folder, 'expected.json')), names: load(values.names) });

function load(path: string): Readonly<Record<string, unknown>> {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : {};
}
