// Runs the test files given (default: all of the project's) and ends with a plain line `N passed, N failed, N skipped`.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import type { EventData } from 'node:test';

const root = dirname(import.meta.dirname);
const patterns = process.argv.slice(2);
// Those that take longest come first, so that the end does not wait for one of them.
const places = ['scripts/*.test.ts', 'apps/*/{src,test}/**/*.test.ts', 'packages/*/{src,test}/**/*.test.ts'];
const files = (patterns.length > 0 ? patterns : places).flatMap((pattern) =>
  globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] }),
);
if (files.length === 0) {
  console.error(`No test file matches ${patterns.join(' ')}.`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
const skipped: string[] = [];
/** Of each file, in milliseconds. */
const durations = new Map<string, number>();

// What one process has compiled, the next ones take: there is one for each file, and each of them starts others.
process.env['NODE_COMPILE_CACHE'] ??= join(root, '.cache', 'code');
const takesLong = ['DEPLOYGUARD_LONG_TESTS', 'DEPLOYGUARD_TEST_IMAGE'].some((name) => process.env[name] === '1');
const fileTimeout = takesLong ? 12_000_000 : 900_000;
// One more than there are processors: tests wait for servers, processes and clocks about a third of their time.
const stream = run({ files, cwd: root, concurrency: availableParallelism() + 1, timeout: fileTimeout });
const addDuration = ({ file = '', nesting, details }: EventData.TestPass | EventData.TestFail): void => {
  if (nesting === 0) durations.set(file, (durations.get(file) ?? 0) + details.duration_ms);
};
stream.on('test:pass', addDuration).on('test:fail', addDuration);
stream.on('test:pass', (event) => {
  if (event.details.type === 'suite') return;
  if (event.skip !== undefined || event.todo !== undefined) skipped.push(`${event.name}: ${event.skip || event.todo || 'no reason given'}`);
  else passed++;
});
stream.on('test:fail', (event) => {
  if (event.details.type !== 'suite') failed++;
});
stream.on('end', () => {
  for (const reason of skipped) console.log(`skipped ${reason}`);
  const longest = [...durations].toSorted(([, a], [, b]) => b - a).slice(0, 20);
  if (files.length > longest.length) {
    console.log('took longest:');
    for (const [file, milliseconds] of longest) console.log(`  ${(milliseconds / 1000).toFixed(1)} s  ${relative(root, file)}`);
  }
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  // In CI a test that did not run is a hole in the proof.
  if (failed > 0 || passed === 0 || (process.env['CI'] && skipped.length > 0)) process.exitCode = 1;
});
stream.compose(spec).pipe(process.stdout);
