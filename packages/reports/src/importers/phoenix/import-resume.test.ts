import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory, startTestPhoenix } from '@deployguard/testkit';
import { openFileLedger } from '../../../test/file-ledger.ts';
import type { ImportOrder } from '../../../test/import-main.ts';
import { describeFindings, listFindings, runImport } from '../../../test/run-import.ts';

const program = join(import.meta.dirname, '../../../test/import-main.ts');
const findings = listFindings(40, 8);

test('an import that was killed at any point goes on where it stopped: nothing is missing, nothing closed, and only what was on its way goes twice', async () => {
  using directory = createTemporaryDirectory();
  const workDirectory = directory.path;
  // Four batches; each is written down before it is sent and when it has arrived.
  for (let savesBeforeEnd = 0; savesBeforeEnd < 8; savesBeforeEnd++) {
    await using server = await startTestPhoenix();
    const ledgerPath = join(directory.path, 'ledger');

    await runKilled({ url: server.url, credentials: server.credentials, ledgerPath, workDirectory, savesBeforeEnd });
    const sentBefore = server.imports.length;
    await runImport({
      findings: findings.toReversed(),
      server,
      target: { assessmentName: 'Killed' },
      options: { maxBatchAssets: 2 },
      ledger: openFileLedger(ledgerPath),
    });

    const wasOnItsWay = savesBeforeEnd % 2 === 1;
    assert.equal(sentBefore, Math.ceil(savesBeforeEnd / 2));
    assert.equal(server.imports.length, 4 + (wasOnItsWay ? 1 : 0));
    assert.equal(new Set(server.imports.map((request) => JSON.stringify(request))).size, 4);
    assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
    assert.deepEqual(server.inventory.listClosed(), []);
    rmSync(ledgerPath);
    assert.deepEqual(readdirSync(directory.path), []);
  }
});

test('an import that is through sends nothing when it is begun again', async () => {
  await using server = await startTestPhoenix();
  using directory = createTemporaryDirectory();
  const ledger = openFileLedger(join(directory.path, 'ledger'));
  await runImport({ findings, server, target: { assessmentName: 'Nightly' }, ledger });
  const requests = server.requests.length;

  const outcome = await runImport({ findings, server, target: { assessmentName: 'Nightly' }, ledger });

  assert.equal(server.requests.length, requests);
  assert.deepEqual(outcome.findings, { total: 40, imported: 40 });
});

test('an import that was halved goes on in its halves', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 6_000 });
  using directory = createTemporaryDirectory();
  const ledger = openFileLedger(join(directory.path, 'ledger'));
  server.fail({ on: 'import', after: 2, times: 4, with: { status: 503 } });
  const options = { maxBatchAssets: 8 };

  await assert.rejects(runImport({ findings, server, target: { assessmentName: 'Nightly' }, options, ledger }), {
    code: 'PHOENIX_UNAVAILABLE',
  });
  await runImport({ findings, server, target: { assessmentName: 'Nightly' }, options, ledger });

  const types = server.imports.map(({ importType }) => importType);
  assert.deepEqual(types, ['new', ...types.slice(1).map(() => 'delta')]);
  assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
  assert.equal(server.imports.flatMap(({ assets }) => assets).length, 8);
});

async function runKilled(order: ImportOrder): Promise<void> {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  child.send(order);
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL');
}
