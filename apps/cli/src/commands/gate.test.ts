import { createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runCli } from '../../test/run-cli.ts';

const folder = createTemporaryDirectory('deployguard-gate-test-');
test.after(() => folder.dispose());

const issue = {
  severity: 'HIGH',
  rule_id: 'G101',
  details: 'Hardcoded credentials',
  file: '/src/a.go',
  line: '7',
  column: '2',
  cwe: { id: '798' },
};
const gosec = {
  'Golang errors': {},
  Issues: [issue, { ...issue, severity: 'LOW', rule_id: 'G104', file: '/test/b.go' }],
  Stats: { files: 1, lines: 10, nosec: 0, found: 2 },
};
const report = write('gosec.json', JSON.stringify(gosec));
const policy = write(
  'gate.yaml',
  `version: 1
rules:
  - name: nothing high
    severity: high
`,
);

test('a gate that does not pass exits with 1 and says why, one that passes with 0', async () => {
  const lenient = write('lenient.yaml', 'version: 1\nrules:\n  - name: few\n    severity: high\n    maximum: 1\n');

  const failed = await runCli(['gate', report, '--policy', policy]);
  const passed = await runCli(['gate', report, '--policy', lenient]);

  assert.equal(failed.exitCode, 1, failed.stderr);
  assert.match(failed.stdout, /nothing high +1 +0 +failed[^]*high +Hardcoded credentials +\/src\/a\.go:7:2 +gosec/);
  assert.match(failed.stderr, /Gate failed: "nothing high" \(1, at most 0\)\. 2 findings\./);
  assert.equal(passed.exitCode, 0, passed.stderr);
  assert.match(passed.stderr, /Gate passed: 2 findings\./);
});

test('verdict and findings are written as JSON, SARIF and JUnit, with waivers as suppressions', async () => {
  const waived = write(
    'waived.yaml',
    `version: 1
rules:
  - name: nothing
waivers:
  - { path: test/**, owner: jane, reason: test code, until: 2999-12-31 }
  - { rule: G999, owner: jane, reason: old, until: 2020-01-01 }
`,
  );
  const run = (format: string) => runCli(['gate', report, '--policy', waived, '--format', format]);

  const [json, sarif, junit] = await Promise.all([run('json'), run('sarif'), run('junit')]);

  assert.deepEqual([json.exitCode, sarif.exitCode, junit.exitCode], [1, 1, 1]);
  const { verdict, findings } = JSON.parse(json.stdout) as {
    verdict: { waived: number; expired: object[] };
    findings: { outcome: string }[];
  };
  assert.deepEqual([verdict.waived, verdict.expired.length], [1, 1]);
  assert.deepEqual(
    findings.map(({ outcome }) => outcome),
    ['forbidden', 'waived'],
  );
  const { runs } = JSON.parse(sarif.stdout) as { runs: { results: { suppressions?: object[] }[] }[] };
  assert.deepEqual(
    runs[0]!.results.map(({ suppressions }) => suppressions?.length),
    [undefined, 1],
  );
  assert.match(junit.stdout, /tests="2" failures="1" errors="0" skipped="1"/);
});

test('a baseline makes only what is new count where the policy says so', async () => {
  const onlyNew = write('new.yaml', 'version: 1\nrules:\n  - name: nothing new\n    new: true\n');

  const against = await runCli(['gate', report, '--policy', onlyNew, '--baseline', report]);
  const without = await runCli(['gate', report, '--policy', onlyNew]);

  assert.equal(against.exitCode, 0, against.stderr);
  assert.equal(without.exitCode, 1);
});

test('a gate never passes on a report that could not be read whole', async () => {
  const text = JSON.stringify(gosec).replace('"HIGH"', '"LOW"');
  const cut = write('cut.json', text.slice(0, text.indexOf('G104')));

  const { exitCode, stderr } = await runCli(['gate', cut, '--policy', policy]);

  assert.equal(exitCode, 5, stderr);
  assert.match(stderr, /breaks off/);
});

test('a policy that is wrong is a usage error that names each line', async () => {
  const wrong = write('wrong.yaml', 'version: 1\nrules:\n  - name: a\n    severty: high\n  - severity: bad\n');

  const { exitCode, stderr, stdout } = await runCli(['gate', report, '--policy', wrong]);

  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /wrong\.yaml:4: there is no setting "severty"[^]*wrong\.yaml:5: /);
});

function write(name: string, content: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}
