import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportMessage, ReportImportDetails } from '@deployguard/contracts';
import { collect, mutateReport, startTestPhoenix } from '@deployguard/testkit';
import type { TestPhoenix } from '@deployguard/testkit';
import { query } from '../../../test/start-test-cluster.ts';
import { startWorkingService } from '../../../test/start-working-service.ts';
import type { WorkingService } from '../../../test/start-working-service.ts';
import type { TaskDefinition } from '../../platform/tasks/index.ts';

// Reports go in, findings come out: one service and a worker for all.

const limit = { timeout: 600_000 };
let service: WorkingService;
let phoenix: TestPhoenix;
let alice: Record<string, string>;

before(async () => {
  phoenix = await startTestPhoenix({ isSecure: true });
  service = await startWorkingService({
    environment: {
      DEPLOYGUARD_IMPORTS_STREAM_CLOSE_SECONDS: '0',
      DEPLOYGUARD_IMPORTS_PHOENIX_REQUESTS_PER_MINUTE: '6000',
      DEPLOYGUARD_IMPORTS_MAX_REPORT_BYTES: '1000000',
      DEPLOYGUARD_EGRESS_ALLOW: 'localhost,127.0.0.1',
    },
    change: (platform) => ({ ...platform, egress: { ...platform.egress, trustedCertificates: [phoenix.authority!] } }),
  });
  alice = service.app.asGateway('alice');
  await service.startWorker();
});
after(async () => {
  await service.stop();
  await phoenix[Symbol.asyncDispose]();
});

test('a report is recognised, its findings are stored, and the job says what became of them', limit, async () => {
  const accepted = await upload(trivy(3), { assessment_name: 'first' });

  const job = await waitForEnd(accepted.job_id);
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
  assert.equal(await countFindings('first'), 3);
});

test(
  'the same report again changes nothing; what is gone is closed and may come back; an empty report closes all, if it is said whose it is',
  limit,
  async () => {
    const [assessment, all] = [{ assessment_name: 'again' }, { assessment_name: 'again', import_type: 'new' }];
    const first = await run(trivy(4), all);
    const before = await dumpFindings();
    const second = await run(trivy(4), all);
    const after = await dumpFindings();
    const less = await run(trivy(2), { ...all, import_type: 'merge' });
    const back = await run(trivy(4), assessment);
    const refused = await send(form('', all));
    const none = await run('', { ...all, scanner_type: 'trivy' });

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
  ['that breaks off', trivy(3).slice(0, -40), {}, /damaged/],
  ['of another scanner than the user says', trivy(1), { scanner_type: 'semgrep' }, /no report of Semgrep/],
  [
    'in which nothing can be understood',
    '{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[{},{}]}]}',
    {},
    /Nothing could be read/,
  ],
] as const) {
  test(`a report ${what} is a failure that says so, and nothing of it is stored`, limit, async () => {
    const job = await run(content, { assessment_name: `bad ${what}`, ...fields });

    assert.deepEqual([job.status, job.vulnerabilities_imported], ['failed', null]);
    assert.match(job.error_message!, message);
    assert.equal(await countFindings(`bad ${what}`), 0);
  });
}

test('P7 a report that is nested without end is a failure like any other', limit, async () => {
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

  const job = await run(trivy(1).replace('"Problem 0"', nested), { assessment_name: 'nested' });

  assert.ok(['failed', 'completed'].includes(job.status));
  assert.match(job.error_message ?? JSON.stringify(job.summary!.lost), /could be read|damaged|too large|cannot be told/i);
});

test('P17 reports that were changed on their way are read, or fail and say why', limit, async () => {
  const report = Buffer.from(trivy(20));

  // Each way of changing one.
  const ids = [];
  for (let seed = 0; seed < 6; seed++) {
    const body = Buffer.concat([
      Buffer.from('--limit\r\nContent-Disposition: form-data; name="file"; filename="report"\r\n\r\n'),
      mutateReport(report, seed),
      Buffer.from('\r\n--limit--\r\n'),
    ]);
    const answer = await send(body);
    assert.ok([202, 422].includes(answer.status), `seed ${seed}: ${answer.status}`);
    if (answer.status === 202) ids.push(((await answer.json()) as { job_id: string }).job_id);
  }
  const jobs = await Promise.all(ids.map(waitForEnd));

  assert.ok(jobs.length > 4);
  for (const { status, error_message: message } of jobs)
    assert.ok(
      status === 'completed' || (status === 'failed' && message !== null && !/unexpectedly/.test(message)),
      `${status}: ${message}`,
    );
});

test('what is not understood is no reason to close anything', limit, async () => {
  const report = JSON.parse(trivy(1)) as { Results: { Vulnerabilities: object[] }[] };
  report.Results[0]!.Vulnerabilities.push({});

  const job = await run(JSON.stringify(report), { assessment_name: 'half', import_type: 'new' });

  assert.equal(job.status, 'failed');
  assert.match(job.error_message!, /^1 of 2 entries/);
  assert.equal(await countFindings('half'), 0);
});

test('findings that mean the same problem are told as one and stay both', limit, async () => {
  const twice = JSON.parse(trivy(1)) as { Results: { Vulnerabilities: object[] }[] };
  twice.Results[0]!.Vulnerabilities.push({
    ...twice.Results[0]!.Vulnerabilities[0]!,
    VulnerabilityID: 'GHSA-aaaa-bbbb-cccc',
    VendorIDs: ['CVE-2024-1000'],
  });

  const job = await run(JSON.stringify(twice), { assessment_name: 'twice' });

  assert.deepEqual([job.summary!.findings, job.summary!.duplicates, job.summary!.new], [2, 1, 2]);
});

for (const [what, body, status, path] of [
  ['without a file', form(undefined, { assessment_name: 'x' }), 422, '/file'],
  ['with a field that nobody knows', form('{}', { import_typ: 'new' }), 422, '/import_typ'],
  ['with an import type that is none', form('{}', { import_type: 'all' }), 422, '/import_type'],
  ['of a scanner that nobody knows', form('{}', { scanner_type: 'nobodys' }), 422, '/scanner_type'],
  [
    'with a header that a webhook may not have',
    form('{}', { webhook_url: 'https://hooks.test/', webhook_headers: '{"Host":"evil"}' }),
    422,
    '/webhook_headers',
  ],
  ['with a secret and no webhook', form('{}', { webhook_secret: `whsec_${'A'.repeat(32)}` }), 422, '/webhook_url'],
  ['that breaks off', form('{}', {}).subarray(0, -20), 422, ''],
] as const) {
  test(`an upload ${what} is refused, and nothing is kept of it`, limit, async () => {
    const stored = await collect(service.platform.storage.list('uploads/'));

    const answer = await send(body);

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
    await send(asText),
    await send(Buffer.from(form('{}', {}).toString().replace('name="file"', 'name="other"'))),
    await send(asJson, { 'content-type': 'application/json' }),
    await send(asJson),
    await send(form('{}', {}), { 'content-type': 'multipart/form-data' }),
    await send(form('{}', {}), { 'content-type': 'application/x-www-form-urlencoded' }),
    await fetch(`${service.app.url}/api/v2/jobs`, {
      method: 'POST',
      headers: { ...alice, 'content-type': 'multipart/form-data; boundary=limit' },
      body: new Uint8Array(form('{}', {})),
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
    [trivy(1), 'one'],
    [trivy(1), 'other'],
    [trivy(2), 'one'],
  ] as const)
    answers.push(await send(form(content, {}, boundary), { ...key, 'content-type': `multipart/form-data; boundary=${boundary}` }));

  const [first, second, third] = (await Promise.all(answers.map((answer) => answer.json()))) as { job_id?: string; code?: string }[];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202, 422],
  );
  assert.equal(second!.job_id, first!.job_id);
  assert.equal(third!.code, 'IDEMPOTENCY_KEY_REUSED');
});

test('a report comes in parts, of which each may be sent again, and is then one like any other', limit, async () => {
  const content = Buffer.from(trivy(5));
  const cuts = [0, 100, 101, content.length];
  const begun = await json('POST', '/api/v1/uploads', JSON.stringify({ file_name: 'large.json' }), 'application/json');
  const id = String(begun.json['upload_id']);
  const put = (number: number, part: Buffer) => json('PUT', `/api/v1/uploads/${id}/parts/${number}`, new Uint8Array(part));

  const first = await put(3, content.subarray(101));
  await put(1, Buffer.from('{"breaks off'));
  const early = await send(form(undefined, { upload_id: id }));
  await put(1, content.subarray(0, cuts[1]));
  await put(2, content.subarray(cuts[1], cuts[2]));
  const shown = await json('GET', `/api/v1/uploads/${id}`);
  const job = await waitForEnd((await upload(undefined, { upload_id: id, assessment_name: 'in parts' })).job_id);
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
  await run(trivy(2), all);
  const { json: begun } = await json('POST', '/api/v1/uploads', '{"file_name":"a.json"}', 'application/json');
  const id = String(begun['upload_id']);
  await json('PUT', `/api/v1/uploads/${id}/parts/1`, new Uint8Array(Buffer.from(trivy(2))));
  await service.stopWorkers();
  const { job_id: jobId } = await upload(undefined, { ...all, upload_id: id });
  await query(service.cluster.superuserUrl, 'delete from report_upload_parts where upload_id = $1', [id]);

  await service.startWorker();
  const job = await waitForEnd(jobId);

  assert.deepEqual([job.status, job.error_message], ['failed', 'The report is not there any more: it goes when its job has ended.']);
  const open = await call('GET', '/api/v2/findings?assessment_name=part%20gone&state=open');
  assert.equal((open.json['items'] as unknown[]).length, 2);
});

test('parts that nobody wants any more go, and one that would be too much is refused', limit, async () => {
  const { json: begun } = await json('POST', '/api/v1/uploads', '{"file_name":"a.json"}', 'application/json');
  const path = `/api/v1/uploads/${String(begun['upload_id'])}`;

  const fits = await json('PUT', `${path}/parts/1`, new Uint8Array(900_000));
  const more = await json('PUT', `${path}/parts/2`, new Uint8Array(200_000));
  const kept = await collect(service.platform.storage.list(`uploads/${String(begun['upload_id'])}/`));
  const gone = await json('DELETE', path);
  const after = await json('GET', path);

  assert.deepEqual([fits.status, more.status, kept.length, gone.status, after.status], [200, 413, 1, 204, 404]);
  assert.equal((await collect(service.platform.storage.list(`uploads/${String(begun['upload_id'])}/`))).length, 0);
});

test('the log of a job is read in pages, from where one stopped', limit, async () => {
  const { job_id: id } = await upload(trivy(2), { assessment_name: 'logged' });
  const { recent_logs: recent } = await waitForEnd(id);

  const { json: all } = await call('GET', `/api/v1/jobs/${id}/logs`);
  const { json: first } = await call('GET', `/api/v1/jobs/${id}/logs?limit=1`);
  const { json: rest } = await call('GET', `/api/v1/jobs/${id}/logs?after=${String(first['next_after'])}`);

  const messages = ({ lines }: Record<string, unknown>): string[] => (lines as { message: string }[]).map(({ message }) => message);
  assert.ok(recent.length > 1);
  assert.deepEqual([messages(all), all['next_after']], [recent, null]);
  assert.deepEqual([...messages(first), ...messages(rest)], recent);
});

test('a job that has ended cannot be cancelled, and one that there is not is not found', limit, async () => {
  const { json } = await call('GET', '/api/v1/jobs?status=completed&page_size=1');
  const [job] = json['jobs'] as { job_id: string }[];

  const ended = await call('DELETE', `/api/v1/jobs/${job!.job_id}`);
  const absent = await call('DELETE', '/api/v1/jobs/job-000000000000');

  assert.deepEqual([ended.status, absent.status], [400, 404]);
  assert.equal(ended.json['code'], 'ALREADY_ENDED');
});

test('jobs are listed by page and state, newest first', limit, async () => {
  const { json: all } = await call('GET', '/api/v1/jobs');
  const { json: second } = await call('GET', '/api/v1/jobs?page_size=1&page=2');
  const { json: failed } = await call('GET', '/api/v1/jobs?status=failed&page_size=100');
  const { json: none } = await call('GET', '/api/v1/jobs?status=unheard-of');
  const { status } = await call('GET', '/api/v1/jobs?page=0');

  const ids = (all['jobs'] as { job_id: string }[]).map(({ job_id: id }) => id);
  const times = (all['jobs'] as { created_at: string }[]).map(({ created_at: at }) => at);
  assert.deepEqual([second['page'], second['page_size'], (second['jobs'] as { job_id: string }[])[0]!.job_id], [2, 1, ids[1]]);
  assert.deepEqual(times, times.toSorted().toReversed());
  assert.ok((failed['jobs'] as { status: string }[]).every((job) => job.status === 'failed'));
  assert.equal(failed['total'], (failed['jobs'] as unknown[]).length);
  assert.deepEqual([none['total'], none['jobs'], status], [0, [], 422]);
});

test('a job is followed from the beginning to its end, asked for its state, and told to its webhook, signed', limit, async () => {
  const hook = await startReceiver();
  const secret = randomBytes(24);
  const { job_id: id } = await upload(trivy(2), {
    assessment_name: 'followed',
    webhook_url: hook.url,
    webhook_headers: '{"X-Pipeline":"42","Authorization":"Bearer of-the-hook"}',
    webhook_secret: `whsec_${secret.toString('base64')}`,
  });

  const live = await follow(id, ['{"command":"get_status"}', '{"command":"ping"}', 'no command']);
  const late = await follow(id);
  const resumed = await follow(id, [], '?from_sequence=3');
  const { headers, body } = await hook.received;

  const kept = live.messages.filter(({ sequence }) => sequence !== undefined);
  assert.deepEqual(live.messages[0]!.type, 'connected');
  assert.ok(live.messages.every(({ job_id: job, timestamp }) => job === id && !Number.isNaN(Date.parse(timestamp))));
  assert.deepEqual(
    kept.map(({ sequence }) => sequence),
    kept.map((_, index) => index + 1),
  );
  const result = { assets_imported: 1, vulnerabilities_imported: 2, assessment_name: 'followed' };
  assert.deepEqual(kept.at(-1)!.data, { status: 'completed', progress: 100, ...result });
  assert.deepEqual([kept.at(-1)!.type, live.code], ['complete', 1000]);
  const status = live.messages.find(({ type }) => type === 'status')!.data as Record<string, unknown>;
  assert.deepEqual(Object.keys(status), ['status', 'progress', 'current_step', 'filename']);
  assert.ok(live.messages.some(({ type }) => type === 'pong'));
  assert.ok(kept.some(({ type }) => type === 'log') && kept.some(({ type }) => type === 'progress'));
  assert.deepEqual(late.messages.slice(1), kept);
  assert.deepEqual(resumed.messages.slice(1), kept.slice(2));

  const { timestamp, ...told } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual(told, { job_id: id, status: 'completed', filename: 'report.json', scanner_type: 'trivy', success: true, ...result });
  assert.ok(!Number.isNaN(Date.parse(String(timestamp))));
  assert.deepEqual([headers['x-pipeline'], headers['authorization']], ['42', 'Bearer of-the-hook']);
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  const kinds = await inTenant((tx) => tx.selectFrom('webhook_endpoints').selectAll().execute());
  assert.ok(!kinds.some(({ sealed_headers: sealed }) => sealed?.toString('latin1').includes('of-the-hook')));
  assert.deepEqual((await call('GET', '/api/v2/webhooks')).json['items'], []);
});

test('findings go on to Phoenix, one upload of an assessment after the other, and the secret for it is nowhere', limit, async () => {
  phoenix.fail({ on: 'import', with: { status: 429, headers: { 'retry-after': '2' } } });

  const accepted = [];
  for (const assetType of ['REPOSITORY', 'CONTAINER'] as const)
    accepted.push(await upload(trivy(3), { assessment_name: 'twin', asset_type: assetType, ...toPhoenix() }));
  await untilSent(1);
  const rows = await query<{ text: string }>(service.cluster.superuserUrl, 'select imports::text as text from imports');
  const jobs = [];
  for (const { job_id: id } of accepted) jobs.push(await waitForEnd(id));

  assert.deepEqual(
    jobs.map(({ status, assets_imported: assets, vulnerabilities_imported: count, batch_summary: summary }) => [
      status,
      assets,
      count,
      summary,
    ]),
    jobs.map(() => ['completed', 1, 3, { total_batches: 1, successful_batches: 1, failed_batches: 0, success_rate: 100 }]),
  );
  const requests = phoenix.requests.filter(({ operation }) => operation === 'import');
  assert.deepEqual(
    requests.map(({ status }) => status),
    [429, 200, 200],
  );
  assert.equal(requests[1]!.digest, requests[0]!.digest);
  assert.deepEqual(new Set(phoenix.imports.map(({ assessment }) => assessment.assetType)), new Set(['REPOSITORY', 'CONTAINER']));
  assert.equal(phoenix.inventory.listOpen().length, 6);
  const { clientSecret } = phoenix.credentials;
  const told = [JSON.stringify(jobs), ...rows.map(({ text: row }) => row), ...service.app.log].join('\n');
  assert.ok(!told.includes(clientSecret) && !told.includes(Buffer.from(clientSecret).toString('hex')));
  const kept = await query(service.cluster.superuserUrl, 'select 1 from imports where sealed_phoenix_secret is not null');
  assert.deepEqual(kept, []);
});

for (const [what, fields, message] of [
  ['whose credentials Phoenix does not accept', { phoenix_client_secret: 'wrong' }, /client id and secret/],
  ['with findings that lack something and are not to be completed', { fix_data: 'false' }, /3 have no description.*Nothing was sent/],
] as const) {
  test(`an upload ${what} has failed, and what was found stays`, limit, async () => {
    const sent = phoenix.imports.length;
    const assessment = `unsent ${what}`;

    const job = await run(trivy(3), { assessment_name: assessment, ...toPhoenix(), ...fields });

    assert.deepEqual([job.status, job.assets_imported, phoenix.imports.length], ['failed', null, sent]);
    assert.match(job.error_message!, message);
    assert.equal(await countFindings(assessment), 3);
  });
}

test('what goes to Phoenix is told as a whole, or not at all', limit, async () => {
  const answers = [];
  for (const fields of [
    { phoenix_client_id: '' },
    { phoenix_api_url: 'http://phoenix.test' },
    { just_tags: 'true' },
    { translate_as: 'Other Scan' },
    { max_batch_size: '0x10' },
    { max_payload_mb: '0' },
  ])
    answers.push(await send(form(trivy(1), { ...toPhoenix(), ...fields })));

  assert.deepEqual(
    answers.map(({ status }) => status),
    [422, 422, 422, 422, 422, 422],
  );
});

test('what goes to Phoenix hides machines and risks on request, and tells of assets without findings', limit, async () => {
  const host = 'db1.corp.example';
  const line = JSON.stringify({
    'template-id': 'weak-cipher',
    info: { name: `Weak cipher on ${host}`, severity: 'high' },
    host: `https://${host}`,
    'matched-at': `https://${host}/login`,
  });

  const hidden = await run(`${line}\n`, { ...toPhoenix(), assessment_name: 'hidden', anonymize: 'true', create_empty_assets: 'true' });
  const sent = phoenix.imports.at(-1)!;
  const clean = await run('[]', {
    ...toPhoenix(),
    assessment_name: 'clean',
    scanner_type: 'gitleaks',
    asset_type: 'REPOSITORY',
    create_inventory_assets: 'true',
  });
  const inventory = phoenix.imports.at(-1)!;

  assert.deepEqual([hidden.status, clean.status], ['completed', 'completed'], `${hidden.error_message} ${clean.error_message}`);
  assert.ok(!JSON.stringify(sent).includes(host));
  assert.deepEqual(
    sent.assets.flatMap(({ findings }) => findings!.map(({ severity }) => severity)),
    ['1.0'],
  );
  assert.deepEqual(inventory.assets, [{ attributes: { repository: 'clean' }, findings: [] }]);
});

test('a report that is not read here goes to Phoenix as it is, which reads it', limit, async () => {
  const report = 'of a scanner that nobody knows';

  const job = await run(report, { ...toPhoenix(), assessment_name: 'theirs', translate_as: 'Other Scan' });

  assert.deepEqual([job.status, job.assets_imported, job.summary], ['completed', null, null], job.error_message ?? '');
  assert.deepEqual(
    phoenix.translations.map(({ content, fields }) => [content, fields['scanType'], fields['assessmentName'], fields['importType']]),
    [[report, 'Other Scan', 'theirs', 'delta']],
  );
  assert.match(job.recent_logs.join('\n'), /Phoenix has imported the report/);
});

function toPhoenix(): Record<string, string> {
  const { clientId, clientSecret } = phoenix.credentials;
  return { phoenix_api_url: phoenix.url, phoenix_client_id: clientId, phoenix_client_secret: clientSecret };
}

async function untilSent(count: number): Promise<void> {
  while (phoenix.requests.filter(({ operation }) => operation === 'import').length < count) await delay(30);
}

test('a job that is cancelled stops, waiting or at work, and nothing of what it brought stays', limit, async () => {
  await service.stopWorkers();
  const waiting = await upload(trivy(1), { assessment_name: 'cancelled' });
  const cancelled = await call('DELETE', `/api/v1/jobs/${waiting.job_id}`);
  const stored = Promise.withResolvers<void>();
  await service.startWorker((definition) => (definition.kind === 'import.run' ? pauseOnceStored(definition, stored.resolve) : definition));
  const working = await upload(trivy(3), { assessment_name: 'cancelled' });
  await stored.promise;
  const before = await countFindings('cancelled');

  const stopped = await call('DELETE', `/api/v1/jobs/${working.job_id}`);

  const followed = await follow(working.job_id);
  assert.deepEqual([cancelled.status, stopped.status, before], [204, 204, 3]);
  assert.deepEqual([(await waitForEnd(waiting.job_id)).status, (await waitForEnd(working.job_id)).status], ['cancelled', 'cancelled']);
  assert.deepEqual([followed.messages.at(-1)!.type, followed.code], ['error', 1000]);
  while ((await countFindings('cancelled')) > 0 || (await collect(service.platform.storage.list('uploads/'))).length > 0) await delay(50);
});

/** The attempt holds still once the rows of a report are in the database, until it is aborted. */
function pauseOnceStored(definition: TaskDefinition, onStored: () => void): TaskDefinition {
  return {
    ...definition,
    async handle(input, context) {
      await definition.handle(input, {
        ...context,
        async progress(percent, step) {
          await context.progress(percent, step);
          if (!step.startsWith('Storing findings')) return;
          onStored();
          if (!context.signal.aborted) await once(context.signal, 'abort');
        },
      });
    },
  };
}

interface Followed {
  readonly messages: ImportMessage[];
  readonly code: number;
}

/** Until the service closes the connection. */
async function follow(jobId: string, commands: readonly string[] = [], search = ''): Promise<Followed> {
  const token = (await service.app.asUser('alice'))['authorization']!.replace('Bearer ', '');
  const socket = new WebSocket(`${service.app.url.replace('http', 'ws')}/ws/${jobId}${search}`, ['deployguard.events', `bearer.${token}`]);
  const messages: ImportMessage[] = [];
  socket.addEventListener('open', () => commands.forEach((command) => socket.send(command)));
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as ImportMessage));
  const [{ code }] = (await once(socket, 'close')) as [{ code: number }];
  return { messages, code };
}

/** Takes one request. */
async function startReceiver(): Promise<{ url: string; received: Promise<{ headers: IncomingHttpHeaders; body: string }> }> {
  const { promise: received, resolve } = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>();
  const server = createServer((request, response) => void take(request, response));
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    response.end(() => server.close());
    resolve({ headers: request.headers, body });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

/** A report of Trivy with so many vulnerabilities. */
function trivy(count: number): string {
  const Vulnerabilities = Array.from({ length: count }, (_, n) => ({
    VulnerabilityID: `CVE-2024-${1000 + n}`,
    PkgName: `package-${n}`,
    InstalledVersion: '1.0.0',
    FixedVersion: '1.0.1',
    Title: `Problem ${n}`,
    Severity: 'HIGH',
  }));
  return JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: 'shop:1',
    ArtifactType: 'container_image',
    Results: [{ Target: 'shop:1', Class: 'lang-pkgs', Type: 'npm', Vulnerabilities }],
  });
}

function form(content: string | undefined, fields: Readonly<Record<string, string>>, boundary = 'limit'): Buffer {
  const parts = Object.entries(fields).map(([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`);
  if (content !== undefined)
    parts.push(
      `Content-Disposition: form-data; name="file"; filename="../report.json"\r\nContent-Type: application/json\r\n\r\n${content}`,
    );
  return Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`);
}

async function send(body: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${service.app.url}/api/v1/upload`, {
    method: 'POST',
    headers: { ...alice, 'content-type': 'multipart/form-data; boundary=limit', ...headers },
    body: new Uint8Array(body),
  });
}

const call = (method: string, path: string): Promise<Answered> => json(method, path);

interface Answered {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

async function json(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  type = 'application/octet-stream',
): Promise<Answered> {
  const answer = await fetch(service.app.url + path, {
    method,
    headers: { ...alice, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function upload(
  content: string | undefined,
  fields: Readonly<Record<string, string>>,
): Promise<{ job_id: string; status: string; websocket_url: string }> {
  const answer = await send(form(content, fields));
  const text = await answer.text();
  assert.equal(answer.status, 202, text);
  return JSON.parse(text) as { job_id: string; status: string; websocket_url: string };
}

async function run(content: string, fields: Readonly<Record<string, string>>): Promise<ReportImportDetails> {
  return waitForEnd((await upload(content, fields)).job_id);
}

async function waitForEnd(jobId: string): Promise<ReportImportDetails> {
  for (;;) {
    const { status, json } = await call('GET', `/api/v1/jobs/${jobId}`);
    assert.equal(status, 200);
    const job = json as unknown as ReportImportDetails;
    if (['completed', 'failed', 'cancelled'].includes(job.status)) return job;
    await delay(30);
  }
}

async function inTenant<T>(work: Parameters<typeof service.app.database.asTenant<T>>[1]): Promise<T> {
  const tenant = await service.app.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
  );
  return service.app.database.asTenant(tenant.tenant_id, work);
}

async function countFindings(assessment: string): Promise<number> {
  const rows = await inTenant((tx) =>
    tx
      .selectFrom('findings')
      .innerJoin('assessments', 'assessments.id', 'findings.assessment_id')
      .select('findings.id')
      .where('assessments.name', '=', assessment)
      .execute(),
  );
  return rows.length;
}

async function dumpFindings(): Promise<unknown> {
  return inTenant((tx) => tx.selectFrom('findings').selectAll().orderBy('id').execute());
}
