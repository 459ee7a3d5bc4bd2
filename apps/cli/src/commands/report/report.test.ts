import { createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCli } from '../../../test/run-cli.ts';

const folder = createTemporaryDirectory('deployguard-report-test-');
test.after(() => folder.dispose());

const issue = { severity: 'HIGH', rule_id: 'G101', details: 'Hardcoded credentials', file: '/src/a.go', line: '7', column: '2' };
const gosec = { 'Golang errors': {}, Issues: [issue, { ...issue, line: '9' }], Stats: { files: 1, lines: 10, nosec: 0, found: 2 } };

test('a report is recognised by its content, whatever its name', async () => {
  const path = write('report.txt', JSON.stringify(gosec));

  const { stdout, exitCode } = await runCli(['report', 'detect', path, '--format', 'json']);

  assert.equal(exitCode, 0);
  assert.deepEqual(JSON.parse(stdout), [{ file: path, outcome: 'recognized', scanner_type: 'gosec', name: 'gosec' }]);
});

test('what cannot be told is said to, and the exit code is 5', async () => {
  const { stdout, exitCode } = await runCli(['report', 'detect', write('empty.json', '[]'), write('other.json', '{"a": 1}')]);

  assert.equal(exitCode, 5);
  assert.match(stdout, /empty\.json .*cannot be told[^]*other\.json .*no scanner/);
});

test('findings come one a line, on standard output or in a file, and the account of the entries on standard error', async () => {
  const path = write('gosec.json.gz', gzipSync(JSON.stringify(gosec)));
  const output = join(folder.path, 'out.jsonl');

  const printed = await runCli(['report', 'convert', path]);
  const written = await runCli(['report', 'convert', path, '-o', output]);

  assert.equal(printed.exitCode, 0);
  assert.deepEqual(
    printed.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { location: object }).location),
    [
      { path: '/src/a.go', line: 7, column: 2 },
      { path: '/src/a.go', line: 9, column: 2 },
    ],
  );
  assert.match(printed.stderr, /gosec: 2 entries, 2 findings\./);
  assert.equal(written.stdout, '');
  assert.equal(readFileSync(output, 'utf8'), printed.stdout);
});

test('a report that is large enough for two threads is counted and converted whole, and in order', async () => {
  const count = 60_000;
  const Issues = Array.from({ length: count }, (_, index) => ({ ...issue, line: `${index + 1}`, code: 'x'.repeat(200) }));
  const path = write('large.json', JSON.stringify({ ...gosec, Issues }));

  const stats = await runCli(['report', 'stats', path, '--format', 'json']);
  const converted = await runCli(['report', 'convert', path]);
  const chosen = await runCli(['report', 'convert', path, '--kind', 'weakness', 'secret']);

  const { total, severity } = JSON.parse(stats.stdout) as { total: number; severity: object };
  assert.deepEqual([total, severity], [count, { high: count }]);
  const lines = converted.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { location: { line: number } }).location.line);
  assert.deepEqual(
    lines,
    Array.from({ length: count }, (_, index) => index + 1),
  );
  assert.equal(chosen.stdout, converted.stdout);
});

test('a scanner may have the name of what objects have, and a text a line break that is none in JSON', async () => {
  const [first] = (await runCli(['report', 'convert', write('names.json', JSON.stringify(gosec))])).stdout.split('\n');
  const finding = { ...(JSON.parse(first!) as object), tool: { name: 'constructor', format: 'gosec' }, description: 'one\u2028two' };
  const path = write('names.jsonl', `${JSON.stringify(finding)}\n`);

  const stats = await runCli(['report', 'stats', path, '--format', 'json']);
  const merged = await runCli(['report', 'merge', path, '--format', 'json']);

  assert.deepEqual((JSON.parse(stats.stdout) as { scanner: object }).scanner, { constructor: 1 });
  assert.equal(merged.exitCode, 0, merged.stderr);
  assert.match(merged.stdout, /one\\u2028two/);
});

test('a report that breaks off is never taken for a whole one', async () => {
  const text = JSON.stringify(gosec);
  const path = write('cut.json', text.slice(0, text.indexOf('"line":"9"')));

  const { stdout, stderr, exitCode } = await runCli(['report', 'convert', path]);

  assert.equal(exitCode, 5);
  assert.equal(stdout.trim().split('\n').length, 1);
  assert.match(stderr, /breaks off/);
});

test('a report of which nothing can be read is an error, and not "no findings"', async () => {
  const path = write('odd.json', JSON.stringify({ ...gosec, Issues: [1, 'two', { unknown: true }] }));

  const { stdout, stderr, exitCode } = await runCli(['report', 'stats', path]);

  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /odd\.json: nothing could be read of it\. 3 × entry without id and title/);
});

test('an empty report counts as clean when its scanner is named, and a scanner that is not known is a usage error', async () => {
  const path = write('none.json', '[]');

  const named = await runCli(['report', 'stats', path, '--scanner-type', 'gitleaks']);
  const unknown = await runCli(['report', 'stats', path, '--scanner-type', 'nope']);

  assert.equal(named.exitCode, 0, named.stderr);
  assert.match(named.stdout, /Findings +0/);
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /There is no scanner "nope"/);
});

test('counts are by severity, kind and scanner', async () => {
  const { stdout, exitCode } = await runCli(['report', 'stats', write('two.json', JSON.stringify(gosec)), '--format', 'json']);

  const { total, severity, kind, scanner } = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(exitCode, 0);
  assert.deepEqual({ total, severity, kind, scanner }, { total: 2, severity: { high: 2 }, kind: { weakness: 2 }, scanner: { gosec: 2 } });
});

test('every scanner whose reports are read is listed', async () => {
  const { stdout } = await runCli(['report', 'formats']);

  assert.match(stdout, /^trivy +Trivy$/m);
  assert.match(stdout, /^sarif +SARIF$/m);
});

function write(name: string, content: string | Buffer): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}
