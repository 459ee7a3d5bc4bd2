import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ReportImportDetails } from '@deployguard/contracts';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { type CliRun, runCli } from '../../test/run-cli.ts';
import { type StartedService, startService } from '../../test/start-service.ts';

const limit = { timeout: 600_000 };
const directory = createTemporaryDirectory();
let service: StartedService;

before(async () => {
  service = await startService({});
  const folder = join(directory.path, 'reports');
  mkdirSync(join(folder, 'images'), { recursive: true });
  writeFileSync(join(folder, 'semgrep.json'), JSON.stringify({ version: '1.0.0', errors: [], paths: {}, results: [semgrep] }));
  writeFileSync(join(folder, 'images', 'a "quoted" name.json'), trivy);
  writeFileSync(join(folder, '.hidden.json'), '{}');
  writeFileSync(join(directory.path, 'unknown.json'), '{"hello":"world"}');
});
after(async () => {
  await service[Symbol.asyncDispose]();
  directory.dispose();
});

test('every report of a folder is uploaded, followed to its end, and told with what came of it', limit, async () => {
  const done = await run(['upload', 'reports', '--stream-logs', '--json']);

  const jobs = JSON.parse(done.stdout) as (ReportImportDetails & { file: string })[];
  assert.equal(done.exitCode, 0, done.output);
  assert.deepEqual(
    jobs.map(({ file, status, scanner_type: scanner, summary }) => [file, status, scanner, summary?.new]),
    [
      ['reports/images/a "quoted" name.json', 'completed', 'trivy', 1],
      ['reports/semgrep.json', 'completed', 'semgrep', 1],
    ],
  );
  assert.match(done.stderr, /semgrep\.json: A report of Semgrep/);
});

test('a large report goes in parts, and goes on where it broke off', limit, async () => {
  writeFileSync(join(directory.path, 'large.json'), `${trivy.slice(0, -1)},"Padding":"${'x'.repeat(2_300_000)}"}`);
  const begun = await fetch(`${service.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"file_name":"large.json"}',
  });
  const { upload_id: id } = (await begun.json()) as { upload_id: string };

  const whole = await run(['upload', 'large.json', '--part-size', '1', '--wait', '--json']);
  const resumed = await run(['upload', 'large.json', '--part-size', '1', '--resume', id, '--wait', '--json']);
  const gone = await run(['upload', 'large.json', '--part-size', '1', '--resume', id]);

  for (const done of [whole, resumed]) {
    const [job] = JSON.parse(done.stdout) as ReportImportDetails[];
    assert.deepEqual([done.exitCode, job!.status, job!.filename, job!.summary!.findings], [0, 'completed', 'large.json', 1], done.output);
  }
  assert.equal(gone.exitCode, 2, gone.output);
});

test('a report that could not be read is told, and the exit code says so', limit, async () => {
  const waited = await run(['upload', 'unknown.json', 'reports/semgrep.json', '--wait']);
  const refused = await run(['upload', 'unknown.json', '--scanner-type', 'nobodys']);
  const absent = await run(['upload', 'nothing.json']);

  assert.equal(waited.exitCode, 5, waited.output);
  assert.match(waited.stderr, /unknown\.json: Whose report this is cannot be told/);
  assert.match(waited.stdout, /semgrep\.json +job-[0-9a-f]{12} +completed +semgrep +1 +0 +0/);
  assert.deepEqual([refused.exitCode, absent.exitCode], [2, 2]);
});

function run(args: readonly string[]): Promise<CliRun> {
  return runCli([...args], { cwd: directory.path, environment: { HOME: directory.path, DEPLOYGUARD_SERVER: service.url } });
}

const trivy = JSON.stringify({
  SchemaVersion: 2,
  ArtifactName: 'shop:1',
  ArtifactType: 'container_image',
  Results: [
    {
      Target: 'shop:1',
      Class: 'lang-pkgs',
      Type: 'npm',
      Vulnerabilities: [
        { VulnerabilityID: 'CVE-2024-1000', PkgName: 'left-pad', InstalledVersion: '1.0.0', Title: 'Overflow', Severity: 'HIGH' },
      ],
    },
  ],
});

const semgrep = {
  check_id: 'rules.eval',
  path: 'src/a.js',
  start: { line: 1, col: 1, offset: 0 },
  end: { line: 1, col: 9, offset: 8 },
  extra: { message: 'Do not use eval.', severity: 'ERROR', metadata: {}, lines: 'eval(x)', fingerprint: 'abc' },
};
