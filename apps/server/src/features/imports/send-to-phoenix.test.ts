import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestPhoenix } from '@deployguard/testkit';
import type { TestPhoenix } from '@deployguard/testkit';
import { buildForm, printTrivyReport, startImportsService } from '../../../test/start-imports-service.ts';
import type { ImportsService } from '../../../test/start-imports-service.ts';
import { query } from '../../../test/start-test-cluster.ts';

// What goes on to a stand-in of Phoenix.

const limit = { timeout: 600_000 };
let phoenix: TestPhoenix;
let service: ImportsService;

before(async () => {
  phoenix = await startTestPhoenix({ isSecure: true });
  const trustedCertificates = [phoenix.authority!];
  service = await startImportsService({
    change: (platform) => ({ ...platform, egress: { ...platform.egress, trustedCertificates } }),
  });
});
after(async () => {
  await service.stop();
  await phoenix[Symbol.asyncDispose]();
});

test('findings go on to Phoenix, one upload of an assessment after the other, and the secret for it is nowhere', limit, async () => {
  phoenix.fail({ on: 'import', with: { status: 429, headers: { 'retry-after': '2' } } });

  const accepted = [];
  for (const assetType of ['REPOSITORY', 'CONTAINER'] as const)
    accepted.push(await service.upload(printTrivyReport(3), { assessment_name: 'twin', asset_type: assetType, ...toPhoenix() }));
  await untilSent(1);
  const rows = await query<{ text: string }>(service.cluster.superuserUrl, 'select imports::text as text from imports');
  const jobs = [];
  for (const { job_id: id } of accepted) jobs.push(await service.waitForEnd(id));

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

    const job = await service.run(printTrivyReport(3), { assessment_name: assessment, ...toPhoenix(), ...fields });

    assert.deepEqual([job.status, job.assets_imported, phoenix.imports.length], ['failed', null, sent]);
    assert.match(job.error_message!, message);
    assert.equal(await service.countFindings(assessment), 3);
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
    answers.push(await service.send(buildForm(printTrivyReport(1), { ...toPhoenix(), ...fields })));

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

  const hidden = await service.run(`${line}\n`, {
    ...toPhoenix(),
    assessment_name: 'hidden',
    anonymize: 'true',
    create_empty_assets: 'true',
  });
  const sent = phoenix.imports.at(-1)!;
  const clean = await service.run('[]', {
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

  const job = await service.run(report, { ...toPhoenix(), assessment_name: 'theirs', translate_as: 'Other Scan' });

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
