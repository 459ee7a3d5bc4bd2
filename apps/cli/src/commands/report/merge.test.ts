import { loadWriter } from '@deployguard/reports';
import { createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runCli } from '../../../test/run-cli.ts';
import { findingFormats } from './add-report-options.ts';

const folder = createTemporaryDirectory('deployguard-merge-test-');
test.after(() => folder.dispose());

/** One vulnerability that both report under ids of their own, and one that only Trivy reports. */
const trivy = {
  SchemaVersion: 2,
  ArtifactName: '.',
  ArtifactType: 'filesystem',
  Results: [
    {
      Target: 'package-lock.json',
      Type: 'npm',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2019-10744',
          VendorIDs: ['GHSA-jf85-cpcp-j695'],
          PkgName: 'lodash',
          InstalledVersion: '4.17.11',
          Severity: 'CRITICAL',
        },
        { VulnerabilityID: 'CVE-2020-8203', PkgName: 'lodash', InstalledVersion: '4.17.11', Severity: 'HIGH' },
      ],
    },
  ],
};
const grype = {
  matches: [
    {
      vulnerability: { id: 'GHSA-jf85-cpcp-j695', severity: 'High' },
      relatedVulnerabilities: [],
      artifact: { name: 'lodash', version: '4.17.11', purl: 'pkg:npm/lodash@4.17.11', locations: [{ path: '/package-lock.json' }] },
    },
  ],
  source: { type: 'directory', target: '.' },
  descriptor: { name: 'grype', version: '0.80.0' },
};
const trivyFile = write('trivy.json', JSON.stringify(trivy));
const grypeFile = write('grype.json', JSON.stringify(grype));

test('what two scanners report is one finding that names both, and the file is read like any report', async () => {
  const output = join(folder.path, 'findings.json');

  const merged = await runCli(['report', 'merge', trivyFile, grypeFile, '-o', output]);
  const again = await runCli(['report', 'merge', output, grypeFile]);

  assert.equal(merged.exitCode, 0, merged.stderr);
  assert.match(merged.stderr, /3 reported, 2 problems\./);
  const { findings } = JSON.parse(readFileSync(output, 'utf8')) as { findings: { sources?: { tool: string }[] }[] };
  assert.deepEqual(
    findings.map(({ sources }) => sources?.map(({ tool }) => tool).sort()),
    [undefined, ['Grype', 'Trivy']],
  );
  assert.deepEqual((JSON.parse(again.stdout) as { findings: object[] }).findings.length, 2);
});

test('convert writes each format that the command names, and says what a format has no place for', async () => {
  const { findingEmitters } = await loadWriter();
  const issue = { severity: 'HIGH', rule_id: 'G101', details: 'Hardcoded credentials', file: '/a.go', line: '7', column: '2' };
  const gosec = write(
    'gosec.json',
    JSON.stringify({ 'Golang errors': {}, Issues: [issue], Stats: { files: 1, lines: 1, nosec: 0, found: 1 } }),
  );

  const sarif = await runCli(['report', 'convert', trivyFile, '--format', 'sarif']);
  const vex = await runCli(['report', 'convert', trivyFile, gosec, '--format', 'cyclonedx']);
  const mixed = await runCli(['report', 'convert', trivyFile, gosec, '--format', 'gitlab']);
  const chosen = await runCli(['report', 'convert', trivyFile, gosec, '--format', 'gitlab', '--kind', 'weakness']);

  assert.deepEqual(
    findingFormats,
    findingEmitters.map(({ format }) => format),
  );
  assert.equal((JSON.parse(sarif.stdout) as { runs: { results: object[] }[] }).runs[0]!.results.length, 2);
  assert.match(vex.stderr, /1 finding left out: cyclonedx has no place/);
  assert.equal(mixed.exitCode, 2, mixed.stderr);
  assert.match(mixed.stderr, /--kind/);
  assert.equal((JSON.parse(chosen.stdout) as { scan: { type: string } }).scan.type, 'sast');
});

test('diff tells what is new and closed; a baseline keeps what was decided, and the same report changes nothing', async () => {
  const baseline = join(folder.path, 'baseline.json');
  const later = structuredClone(trivy);
  later.Results[0]!.Vulnerabilities.shift();
  later.Results[0]!.Vulnerabilities.push({
    VulnerabilityID: 'CVE-2021-23337',
    PkgName: 'lodash',
    InstalledVersion: '4.17.11',
    Severity: 'HIGH',
  });
  const laterFile = write('later.json', JSON.stringify(later));

  const first = await runCli(['report', 'diff', trivyFile, laterFile, '--format', 'json', '--write-baseline', baseline]);
  const text = readFileSync(baseline, 'utf8');
  const again = await runCli(['report', 'diff', baseline, laterFile, '--write-baseline', baseline]);
  const { changes, counts } = JSON.parse(first.stdout) as {
    changes: { change: string; rule: string; fingerprint: string }[];
    counts: object;
  };

  assert.equal(first.exitCode, 0, first.stderr);
  assert.deepEqual(counts, { new: 1, reopened: 0, unchanged: 1, closed: 1 });
  assert.deepEqual(
    changes.map(({ change, rule }) => [change, rule]),
    [
      ['new', 'CVE-2021-23337'],
      ['closed', 'CVE-2019-10744'],
    ],
  );
  assert.match(again.stdout, /new +0\nreopened +0\nunchanged +2\nclosed +0\n$/);
  assert.equal(readFileSync(baseline, 'utf8'), text);

  const { fingerprint } = changes[0]!;
  const decided = [
    'report',
    'triage',
    baseline,
    fingerprint.slice(0, 12),
    '--as',
    'accepted',
    '--owner',
    'jane',
    '--reason',
    'not reachable',
  ];
  assert.match((await runCli(decided.slice(0, -2))).stderr, /--owner and --reason/);
  assert.equal((await runCli(decided)).exitCode, 0);
  const back = await runCli(['report', 'diff', baseline, trivyFile, laterFile, '--write-baseline', baseline]);
  assert.match(back.stdout, /reopened +1/);
  assert.match(readFileSync(baseline, 'utf8'), /"triage":\{"decision":"accepted","owner":"jane","reason":"not reachable"\}/);
});

test('no baseline is written from what could not be read whole', async () => {
  const text = JSON.stringify(trivy);
  const cut = write('cut.json', text.slice(0, text.indexOf('CVE-2020-8203')));
  const baseline = join(folder.path, 'never.json');

  const { exitCode, stderr } = await runCli(['report', 'diff', trivyFile, cut, '--write-baseline', baseline]);

  assert.equal(exitCode, 5);
  assert.match(stderr, /No baseline was written/);
  assert.throws(() => readFileSync(baseline), { code: 'ENOENT' });
});

function write(name: string, content: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}
