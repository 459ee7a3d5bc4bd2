import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { createTemporaryDirectory, startTestPhoenix } from '@deployguard/testkit';
import type { TestPhoenix } from '@deployguard/testkit';
import { createMemoryLedger, createQuickClock } from '../../../test/run-import.ts';
import type { ImportLedger } from './import-ledger.ts';
import type { FileTranslation, TranslationOutcome } from './phoenix-import.ts';
import { translateReport } from './translate-report.ts';

const directory = createTemporaryDirectory();
after(() => directory.dispose());
const content = '{"Results": ["ü"]}\n'.repeat(20_000);
const path = join(directory.path, 'trivy "nightly".json');
writeFileSync(path, content);

test('a report is given as it is, and imported by Phoenix', async () => {
  await using server = await startTestPhoenix();
  const clock = createQuickClock();

  const outcome = await run(server, { scanTarget: 'app:1', options: { clock } });

  const [translation] = server.translations;
  assert.deepEqual(outcome, { requestId: translation!.id, status: 'IMPORTED' });
  assert.deepEqual(translation!.fields, {
    scanType: 'Trivy Scan',
    assessmentName: 'Nightly',
    importType: 'merge',
    scanTarget: 'app:1',
    autoImport: 'true',
  });
  assert.equal(translation!.content, content);
  // As browsers escape it.
  assert.match(translation!.fileName, /^trivy ("|%22)nightly("|%22)\.json$/);
  assert.ok(clock.waits.includes(10_000));
});

test('a report can be translated and left to be imported by hand', async () => {
  await using server = await startTestPhoenix();

  assert.equal((await run(server, { autoImport: false })).status, 'READY_FOR_IMPORT');
});

test('a file is sent once: again only where it surely has not arrived', async () => {
  await using server = await startTestPhoenix();
  server.fail({ on: 'translate', with: { status: 401 } });
  server.fail({ on: 'translate', with: { status: 429 } });
  server.fail({ on: 'translate', with: { status: 503 } });
  server.fail({ on: 'poll', times: 2, with: { status: 500 } });
  await run(server, {});
  assert.equal(server.translations.length, 1);

  for (const failure of ['disconnection', { status: 500 }, { status: 504 }] as const) {
    const ledger = createMemoryLedger();
    server.fail({ on: 'translate', isCarriedOut: true, with: failure });
    await assert.rejects(run(server, { ledger }), { code: 'PHOENIX_UNCERTAIN' });
    await assert.rejects(run(server, { ledger }), { code: 'PHOENIX_UNCERTAIN', message: /earlier upload was interrupted/ });
  }
  assert.equal(server.translations.length, 4);
});

test('an import that was interrupted waits for what it has sent', async () => {
  await using server = await startTestPhoenix();
  const ledger = createMemoryLedger();
  server.fail({ on: 'poll', times: 4, with: { status: 503 } });

  await assert.rejects(run(server, { ledger }), { code: 'PHOENIX_UNAVAILABLE', isTemporary: true });
  const outcome = await run(server, { ledger });
  await run(server, { ledger });

  assert.equal(outcome.status, 'IMPORTED');
  assert.equal(server.translations.length, 1);
});

test('what Phoenix does not take, and cannot translate, is told', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 1_000_000 });
  const { clientSecret } = server.credentials;

  await assert.rejects(run(server, { scanType: '' }), { code: 'PHOENIX_REFUSED', message: /scanType is required/ });
  server.fail({ on: 'poll', with: { status: 200, body: { status: 'ERROR', error: `no\nfindings ${clientSecret}` } } });
  await assert.rejects(run(server, {}), {
    code: 'PHOENIX_TRANSLATION_FAILED',
    message: 'Phoenix could not translate the file as "Trivy Scan". no\\nfindings […]',
  });
  server.fail({ on: 'poll', times: 1000, with: { status: 200, body: { status: 'TRANSLATING' } } });
  await assert.rejects(run(server, { options: { longestTranslationSeconds: 60 } }), {
    code: 'PHOENIX_UNAVAILABLE',
    message: /after 60 seconds/,
  });
});

test('a file that Phoenix finds too large is told', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 1000 });

  await assert.rejects(run(server, {}), { code: 'PHOENIX_TOO_LARGE' });
});

interface Changes extends Partial<Omit<FileTranslation, 'options'>> {
  readonly options?: Partial<FileTranslation['options']>;
  readonly ledger?: ImportLedger;
}

async function run(server: TestPhoenix, { options, ...changes }: Changes): Promise<TranslationOutcome> {
  return await translateReport({
    path,
    scanType: 'Trivy Scan',
    target: { url: server.url, assessmentName: 'Nightly', importType: 'merge' },
    credentials: server.credentials,
    options: { policy: createEgressPolicy({ allowPrivate: true }), allowHttp: true, clock: createQuickClock(), ...options },
    ledger: createMemoryLedger(),
    ...changes,
  });
}
