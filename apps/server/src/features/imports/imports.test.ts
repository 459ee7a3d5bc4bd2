import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mutateReport } from '@deployguard/testkit';
import { buildForm, printTrivyReport, startImportsService } from '../../../test/start-imports-service.ts';
import type { ImportsService } from '../../../test/start-imports-service.ts';

// Reports go in, findings come out.

const limit = { timeout: 600_000 };
let service: ImportsService;

before(async () => {
  service = await startImportsService();
});
after(() => service.stop());

test('a report is recognised, its findings are stored, and the job says what became of them', limit, async () => {
  const accepted = await service.upload(printTrivyReport(3), { assessment_name: 'first' });

  const job = await service.waitForEnd(accepted.job_id);
  assert.match(accepted.job_id, /^job-[0-9a-f]{12}$/);
  assert.equal(job.filename, 'report.json');
  assert.equal(accepted.status, 'queued');
  assert.equal(accepted.websocket_url, `${service.app.url.replace('http', 'ws')}/ws/${accepted.job_id}`);
  assert.deepEqual(
    [
      job.status,
      job.progress,
      job.scanner_type,
      job.assessment_name,
      job.vulnerabilities_imported,
      job.assets_imported,
      job.error_traceback,
    ],
    ['completed', 100, 'trivy', 'first', 3, 1, null],
  );
  assert.deepEqual(
    { ...job.summary, skipped: {}, lost: {} },
    {
      entries: 3,
      mapped: 3,
      skipped: {},
      lost: {},
      findings: 3,
      duplicates: 0,
      new: 3,
      unchanged: 0,
      reopened: 0,
      closed: 0,
    },
  );
  assert.ok(
    job.recent_logs.some((line) => line.includes('Trivy')),
    job.recent_logs.join('\n'),
  );
  assert.equal(await service.countFindings('first'), 3);
});

test(
  'the same report again changes nothing; what is gone is closed and may come back; an empty report closes all, if it is said whose it is',
  limit,
  async () => {
    const [assessment, all] = [{ assessment_name: 'again' }, { assessment_name: 'again', import_type: 'new' }];
    const first = await service.run(printTrivyReport(4), all);
    const before = await dumpFindings();
    const second = await service.run(printTrivyReport(4), all);
    const after = await dumpFindings();
    const less = await service.run(printTrivyReport(2), { ...all, import_type: 'merge' });
    const back = await service.run(printTrivyReport(4), assessment);
    const refused = await service.send(buildForm('', all));
    const none = await service.run('', { ...all, scanner_type: 'trivy' });

    assert.deepEqual(
      [first, second, less, back, none].map(({ summary }) => [summary!.new, summary!.unchanged, summary!.closed, summary!.reopened]),
      [
        [4, 0, 0, 0],
        [0, 4, 0, 0],
        [0, 2, 2, 0],
        [0, 2, 0, 2],
        [0, 0, 4, 0],
      ],
    );
    assert.deepEqual(after, before);
    assert.equal(refused.status, 422);
  },
);

for (const [what, content, fields, message] of [
  ['that breaks off', printTrivyReport(3).slice(0, -40), {}, /damaged/],
  ['of another scanner than the user says', printTrivyReport(1), { scanner_type: 'semgrep' }, /no report of Semgrep/],
  [
    'in which nothing can be understood',
    '{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[{},{}]}]}',
    {},
    /Nothing could be read/,
  ],
] as const) {
  test(`a report ${what} is a failure that says so, and nothing of it is stored`, limit, async () => {
    const job = await service.run(content, { assessment_name: `bad ${what}`, ...fields });

    assert.deepEqual([job.status, job.vulnerabilities_imported], ['failed', null]);
    assert.match(job.error_message!, message);
    assert.equal(await service.countFindings(`bad ${what}`), 0);
  });
}

test('P7 a report that is nested without end is a failure like any other', limit, async () => {
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

  const job = await service.run(printTrivyReport(1).replace('"Problem 0"', nested), { assessment_name: 'nested' });

  assert.ok(['failed', 'completed'].includes(job.status));
  assert.match(job.error_message ?? JSON.stringify(job.summary!.lost), /could be read|damaged|too large|cannot be told/i);
});

test('P17 reports that were changed on their way are read, or fail and say why', limit, async () => {
  const report = Buffer.from(printTrivyReport(20));

  // Each way of changing one.
  const ids = [];
  for (let seed = 0; seed < 6; seed++) {
    const body = Buffer.concat([
      Buffer.from('--limit\r\nContent-Disposition: form-data; name="file"; filename="report"\r\n\r\n'),
      mutateReport(report, seed),
      Buffer.from('\r\n--limit--\r\n'),
    ]);
    const answer = await service.send(body);
    assert.ok([202, 422].includes(answer.status), `seed ${seed}: ${answer.status}`);
    if (answer.status === 202) ids.push(((await answer.json()) as { job_id: string }).job_id);
  }
  const jobs = await Promise.all(ids.map(service.waitForEnd));

  assert.ok(jobs.length > 4);
  for (const { status, error_message: message } of jobs)
    assert.ok(
      status === 'completed' || (status === 'failed' && message !== null && !/unexpectedly/.test(message)),
      `${status}: ${message}`,
    );
});

test('what is not understood is no reason to close anything', limit, async () => {
  const report = JSON.parse(printTrivyReport(1)) as { Results: { Vulnerabilities: object[] }[] };
  report.Results[0]!.Vulnerabilities.push({});

  const job = await service.run(JSON.stringify(report), { assessment_name: 'half', import_type: 'new' });

  assert.equal(job.status, 'failed');
  assert.match(job.error_message!, /^1 of 2 entries/);
  assert.equal(await service.countFindings('half'), 0);
});

test('findings that mean the same problem are told as one and stay both', limit, async () => {
  const twice = JSON.parse(printTrivyReport(1)) as { Results: { Vulnerabilities: object[] }[] };
  twice.Results[0]!.Vulnerabilities.push({
    ...twice.Results[0]!.Vulnerabilities[0]!,
    VulnerabilityID: 'GHSA-aaaa-bbbb-cccc',
    VendorIDs: ['CVE-2024-1000'],
  });

  const job = await service.run(JSON.stringify(twice), { assessment_name: 'twice' });

  assert.deepEqual([job.summary!.findings, job.summary!.duplicates, job.summary!.new], [2, 1, 2]);
});

async function dumpFindings(): Promise<unknown> {
  return service.inTenant((tx) => tx.selectFrom('findings').selectAll().orderBy('id').execute());
}
