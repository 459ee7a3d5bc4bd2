import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { collect } from '@deployguard/testkit';
import { buildForm, printTrivyReport, startImportsService } from '../../../test/start-imports-service.ts';
import type { ImportsService } from '../../../test/start-imports-service.ts';
import { query } from '../../../test/start-test-cluster.ts';
import type { Answer } from '../../../test/start-working-service.ts';

// What is taken as a report: whole or in parts, and what is refused.

const limit = { timeout: 600_000 };
let service: ImportsService;

before(async () => {
  service = await startImportsService();
});
after(() => service.stop());

for (const [what, body, status, path] of [
  ['without a file', buildForm(undefined, { assessment_name: 'x' }), 422, '/file'],
  ['with a field that nobody knows', buildForm('{}', { import_typ: 'new' }), 422, '/import_typ'],
  ['with an import type that is none', buildForm('{}', { import_type: 'all' }), 422, '/import_type'],
  ['of a scanner that nobody knows', buildForm('{}', { scanner_type: 'nobodys' }), 422, '/scanner_type'],
  [
    'with a header that a webhook may not have',
    buildForm('{}', { webhook_url: 'https://hooks.test/', webhook_headers: '{"Host":"evil"}' }),
    422,
    '/webhook_headers',
  ],
  ['with a secret and no webhook', buildForm('{}', { webhook_secret: `whsec_${'A'.repeat(32)}` }), 422, '/webhook_url'],
  ['that breaks off', buildForm('{}', {}).subarray(0, -20), 422, ''],
] as const) {
  test(`an upload ${what} is refused, and nothing is kept of it`, limit, async () => {
    const stored = await collect(service.platform.storage.list('uploads/'));

    const answer = await service.send(body);

    const problem = (await answer.json()) as {
      errors?: { path: string }[];
      error: string;
      message: string;
      detail: string;
      timestamp: string;
    };
    assert.equal(answer.status, status, JSON.stringify(problem));
    assert.equal(problem.errors?.[0]?.path, path);
    assert.deepEqual([problem.error, problem.message], ['INVALID', problem.detail]);
    assert.ok(Math.abs(Date.parse(problem.timestamp) - Date.now()) < 600_000);
    // Those of jobs before it may go meanwhile.
    const keys = new Set(stored.map(({ key }) => key));
    assert.deepEqual(
      (await collect(service.platform.storage.list('uploads/'))).filter(({ key }) => !keys.has(key)),
      [],
    );
  });
}

test('P11 a body of another type than it says reaches no file: what stands in its fields is never a path', limit, async () => {
  const asText = Buffer.from('--limit\r\nContent-Disposition: form-data; name="file"\r\n\r\n/etc/passwd\r\n--limit--\r\n');
  const asJson = Buffer.from(JSON.stringify({ file: { filepath: '/etc/passwd', originalFilename: 'report.json' } }));

  const answers = [
    await service.send(asText),
    await service.send(Buffer.from(buildForm('{}', {}).toString().replace('name="file"', 'name="other"'))),
    await service.send(asJson, { 'content-type': 'application/json' }),
    await service.send(asJson),
    await service.send(buildForm('{}', {}), { 'content-type': 'multipart/form-data' }),
    await service.send(buildForm('{}', {}), { 'content-type': 'application/x-www-form-urlencoded' }),
    await fetch(`${service.app.url}/api/v2/jobs`, {
      method: 'POST',
      headers: { ...(await service.app.asUser('alice')), 'content-type': 'multipart/form-data; boundary=limit' },
      body: new Uint8Array(buildForm('{}', {})),
    }),
  ];

  assert.deepEqual(
    answers.map(({ status }) => status),
    [422, 422, 415, 422, 400, 415, 415],
  );
});

test('the same upload under an idempotency key is one job, whatever boundary its parts have', limit, async () => {
  const key = { 'idempotency-key': 'upload-1' };

  const answers = [];
  for (const [content, boundary] of [
    [printTrivyReport(1), 'one'],
    [printTrivyReport(1), 'other'],
    [printTrivyReport(2), 'one'],
  ] as const)
    answers.push(
      await service.send(buildForm(content, {}, boundary), { ...key, 'content-type': `multipart/form-data; boundary=${boundary}` }),
    );

  const [first, second, third] = (await Promise.all(answers.map((answer) => answer.json()))) as { job_id?: string; code?: string }[];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202, 422],
  );
  assert.equal(second!.job_id, first!.job_id);
  assert.equal(third!.code, 'IDEMPOTENCY_KEY_REUSED');
});

test('a report comes in parts, of which each may be sent again, and is then one like any other', limit, async () => {
  const content = Buffer.from(printTrivyReport(5));
  const cuts = [0, 100, 101, content.length];
  const begun = await service.call('POST', '/api/v1/uploads', { file_name: 'large.json' });
  const id = String(begun.json['upload_id']);
  const put = (number: number, part: Buffer) => putPart(id, number, part);

  const first = await put(3, content.subarray(101));
  await put(1, Buffer.from('{"breaks off'));
  const early = await service.send(buildForm(undefined, { upload_id: id }));
  await put(1, content.subarray(0, cuts[1]));
  await put(2, content.subarray(cuts[1], cuts[2]));
  const shown = await service.call('GET', `/api/v1/uploads/${id}`);
  const job = await service.waitForEnd((await service.upload(undefined, { upload_id: id, assessment_name: 'in parts' })).job_id);
  const late = await put(1, content);

  const problem = (await early.json()) as { detail: string };
  assert.deepEqual([begun.status, first.status, early.status], [201, 200, 422]);
  // It goes with the end of the job.
  assert.ok([404, 409].includes(late.status), String(late.status));
  assert.match(problem.detail, /upload_id lacks part 2/);
  assert.deepEqual(
    (shown.json['parts'] as { number: number; bytes: number; sha256: string }[]).map(({ number, bytes, sha256 }) => [
      number,
      bytes,
      sha256,
    ]),
    [1, 2, 3].map((number) => {
      const part = content.subarray(cuts[number - 1], cuts[number]);
      return [number, part.length, createHash('sha256').update(part).digest('hex')];
    }),
  );
  assert.deepEqual([job.status, job.filename, job.file_size_bytes, job.summary!.new], ['completed', 'large.json', content.length, 5]);
  while ((await collect(service.platform.storage.list(`uploads/${id}/`))).length > 0) await delay(50);
});

test('a report of which a part is gone is none, and closes nothing', limit, async () => {
  const all = { assessment_name: 'part gone', import_type: 'new', scanner_type: 'trivy' };
  await service.run(printTrivyReport(2), all);
  const { json: begun } = await service.call('POST', '/api/v1/uploads', { file_name: 'a.json' });
  const id = String(begun['upload_id']);
  await putPart(id, 1, Buffer.from(printTrivyReport(2)));
  await service.stopWorkers();
  const { job_id: jobId } = await service.upload(undefined, { ...all, upload_id: id });
  await query(service.cluster.superuserUrl, 'delete from report_upload_parts where upload_id = $1', [id]);

  await service.startWorker();
  const job = await service.waitForEnd(jobId);

  assert.deepEqual([job.status, job.error_message], ['failed', 'The report is not there any more: it goes when its job has ended.']);
  const open = await service.call('GET', '/api/v2/findings?assessment_name=part%20gone&state=open');
  assert.equal((open.json['items'] as unknown[]).length, 2);
});

test('parts that nobody wants any more go, and one that would be too much is refused', limit, async () => {
  const { json: begun } = await service.call('POST', '/api/v1/uploads', { file_name: 'a.json' });
  const id = String(begun['upload_id']);
  const path = `/api/v1/uploads/${id}`;

  const fits = await putPart(id, 1, Buffer.alloc(900_000));
  const more = await putPart(id, 2, Buffer.alloc(200_000));
  const kept = await collect(service.platform.storage.list(`uploads/${id}/`));
  const gone = await service.call('DELETE', path);
  const after = await service.call('GET', path);

  assert.deepEqual([fits.status, more.status, kept.length, gone.status, after.status], [200, 413, 1, 204, 404]);
  assert.equal((await collect(service.platform.storage.list(`uploads/${id}/`))).length, 0);
});

async function putPart(id: string, number: number, part: Buffer): Promise<Answer> {
  return service.call('PUT', `/api/v1/uploads/${id}/parts/${number}`, part, { 'content-type': 'application/octet-stream' });
}
