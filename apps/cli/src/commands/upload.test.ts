import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ReportImportDetails } from '@deployguard/contracts';
import { createTemporaryDirectory, startTestPhoenix, type TestPhoenix } from '@deployguard/testkit';
import { type CliRun, runCli } from '../../test/run-cli.ts';
import { type StartedService, startService } from '../../test/start-service.ts';

const limit = { timeout: 600_000 };
const directory = createTemporaryDirectory();
let service: StartedService;
let phoenix: TestPhoenix;

before(async () => {
  phoenix = await startTestPhoenix({ isSecure: true });
  writeFileSync(join(directory.path, 'authority.pem'), phoenix.authority!);
  service = await startService({
    DEPLOYGUARD_EGRESS_ALLOW: 'localhost,127.0.0.1',
    DEPLOYGUARD_EGRESS_CA_FILE: join(directory.path, 'authority.pem'),
    DEPLOYGUARD_IMPORTS_PHOENIX_REQUESTS_PER_MINUTE: '6000',
  });
  const folder = join(directory.path, 'reports');
  mkdirSync(join(folder, 'images'), { recursive: true });
  writeFileSync(join(folder, 'semgrep.json'), JSON.stringify({ version: '1.0.0', errors: [], paths: {}, results: [semgrep] }));
  writeFileSync(join(folder, 'images', 'a "quoted" name.json'), trivy);
  writeFileSync(join(folder, '.hidden.json'), '{}');
  writeFileSync(join(directory.path, 'unknown.json'), '{"hello":"world"}');
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await phoenix[Symbol.asyncDispose]();
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

test('findings go on to Phoenix as it is asked for', limit, async () => {
  writeFileSync(join(directory.path, 'hosts.jsonl'), hosts.map(printNuclei).join('\n'));
  writeFileSync(join(directory.path, 'many.jsonl'), Array.from({ length: 51 }, (_, n) => printNuclei(`web${n}.example`)).join('\n'));
  writeFileSync(join(directory.path, 'clean.json'), '[]');
  const send = async (file: string, ...flags: string[]) => {
    const before = phoenix.imports.length;
    const done = await run(['upload', file, '--phoenix-url', phoenix.url, '--wait', '--json', ...flags], toPhoenix());
    const [job] = JSON.parse(done.stdout) as ReportImportDetails[];
    return { exitCode: done.exitCode, output: done.output, job: job!, sent: phoenix.imports.slice(before) };
  };

  const plain = await send('hosts.jsonl', '--assessment', 'plain', '--asset-type', 'WEB', '--max-payload-mb', '1');
  const hidden = await send('hosts.jsonl', '--assessment', 'hidden', '--anonymize', '--create-empty-assets', '--max-batch-size', '1');
  const whole = await send('many.jsonl', '--assessment', 'whole', '--no-batching');
  const strict = await send('hosts.jsonl', '--assessment', 'strict', '--no-fix-data');
  const clean = await send(
    'clean.json',
    '--assessment',
    'clean',
    '--scanner-type',
    'gitleaks',
    '--asset-type',
    'REPOSITORY',
    '--create-inventory-assets',
  );
  const theirs = await send('unknown.json', '--assessment', 'theirs', '--translate-as', 'Other Scan');

  const severities = ({ sent }: typeof plain) =>
    sent.flatMap(({ assets }) => assets.flatMap(({ findings }) => findings!.map(({ severity }) => severity)));
  for (const done of [plain, hidden, whole, clean, theirs])
    assert.deepEqual([done.exitCode, done.job.status], [0, 'completed'], done.output);
  assert.deepEqual([plain.sent.length, hidden.sent.length, whole.sent.length], [1, 2, 1]);
  assert.deepEqual([severities(plain), severities(hidden)], [Array(2).fill('8.0'), Array(2).fill('1.0')]);
  for (const host of hosts)
    assert.deepEqual(
      [plain, hidden].map(({ sent }) => JSON.stringify(sent).includes(host)),
      [true, false],
    );
  assert.deepEqual([strict.exitCode, strict.job.status, strict.sent.length], [5, 'failed', 0], strict.output);
  assert.deepEqual(clean.sent[0]!.assets, [{ attributes: { repository: 'clean' }, findings: [] }]);
  assert.deepEqual(
    phoenix.translations.map(({ fields }) => [fields['scanType'], fields['assessmentName']]),
    [['Other Scan', 'theirs']],
  );
});

test('the end of a job is told to a webhook, with the headers and the signature of the environment', limit, async () => {
  await using hook = await startReceiver();
  const secret = `whsec_${randomBytes(24).toString('base64')}`;

  const done = await run(['upload', 'reports/semgrep.json', '--assessment', 'told', '--webhook-url', hook.url, '--wait'], {
    DEPLOYGUARD_WEBHOOK_HEADERS: '{"X-Pipeline":"42"}',
    DEPLOYGUARD_WEBHOOK_SECRET: secret,
  });
  const headers = await hook.received;

  assert.equal(done.exitCode, 0, done.output);
  assert.deepEqual([headers['x-pipeline'], String(headers['webhook-signature']).startsWith('v1,')], ['42', true]);
});

test('what is asked for of Phoenix is refused where nothing goes there', limit, async () => {
  const flags = [['--anonymize'], ['--no-batching'], ['--no-fix-data'], ['--max-batch-size', '2'], ['--translate-as', 'Other Scan']];
  const lonely = await Promise.all(flags.map((given) => run(['upload', 'reports/semgrep.json', ...given])));
  const url = ['upload', 'reports/semgrep.json', '--phoenix-url', phoenix.url];
  const nameless = await run([...url, '--translate-as', 'Other Scan'], toPhoenix());
  const secretless = await run(url);

  for (const { exitCode, stderr } of lonely) {
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /needs --phoenix-url/);
  }
  assert.match(nameless.stderr, /--translate-as needs --assessment/);
  assert.match(secretless.stderr, /PHOENIX_CLIENT_SECRET have to be set/);
  assert.deepEqual([nameless.exitCode, secretless.exitCode], [2, 2]);
});

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  return runCli([...args], { cwd: directory.path, environment: { HOME: directory.path, DEPLOYGUARD_SERVER: service.url, ...environment } });
}

function toPhoenix(): Record<string, string> {
  const { clientId, clientSecret } = phoenix.credentials;
  return { PHOENIX_CLIENT_ID: clientId, PHOENIX_CLIENT_SECRET: clientSecret };
}

/** Takes one request, and keeps its headers. */
async function startReceiver(): Promise<AsyncDisposable & { readonly url: string; readonly received: Promise<IncomingHttpHeaders> }> {
  const { promise: received, resolve } = Promise.withResolvers<IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    resolve(request.headers);
    request.resume();
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const hosts = ['db1.corp.example', 'db2.corp.example'];

function printNuclei(host: string): string {
  return JSON.stringify({
    'template-id': 'weak-cipher',
    info: { name: 'Weak cipher', severity: 'high' },
    host: `https://${host}`,
    'matched-at': `https://${host}/login`,
  });
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
