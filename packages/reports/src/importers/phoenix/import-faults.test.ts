import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { startTestPhoenix } from '@deployguard/testkit';
import type { FaultAnswer, PhoenixFault } from '@deployguard/testkit';
import { aReportedFinding } from '../../../test/a-reported-finding.ts';
import { aFindingOf, createMemoryLedger, createQuickClock, describeFindings, listFindings, runImport } from '../../../test/run-import.ts';
import { PhoenixError } from './phoenix-error.ts';
import type { ImportEvent } from './phoenix-import.ts';

const findings = listFindings(12, 4);
const options = { maxBatchAssets: 1, requestTimeoutSeconds: 30 };

const passing: readonly (readonly [name: string, fault: PhoenixFault])[] = [
  ['a token that has expired', { on: 'import', with: { status: 401 } }],
  ['a token that expires later', { on: 'import', after: 2, with: { status: 401, body: { message: 'expired' } } }],
  ['a limit of requests', { on: 'import', after: 1, with: { status: 429, headers: { 'retry-after': '7' } } }],
  ['a service that is away', { on: 'import', times: 2, with: { status: 503 } }],
  ['an error inside', { on: 'import', with: { status: 500, body: { error: 'oops' } } }],
  ['an error inside after the import was done', { on: 'import', isCarriedOut: true, with: { status: 500 } }],
  ['a gateway that gave up', { on: 'import', after: 1, isCarriedOut: true, with: { status: 504, body: '<html>' } }],
  ['a connection that broke off', { on: 'import', with: 'disconnection' }],
  ['a connection that broke off after the import was done', { on: 'import', after: 3, isCarriedOut: true, with: 'disconnection' }],
  ['an empty answer', { on: 'import', times: 4, isCarriedOut: true, with: { status: 200 } }],
  ['an empty answer of another kind', { on: 'import', times: 4, isCarriedOut: true, with: { status: 204 } }],
  ['a token service that is away', { on: 'token', times: 2, with: { status: 503 } }],
  ['a token service that breaks off', { on: 'token', with: 'disconnection' }],
];

for (const [name, fault] of passing) {
  test(`${name} costs no finding and closes none`, async () => {
    await using server = await startTestPhoenix();
    server.fail(fault);

    const outcome = await runImport({ findings, server, options });

    assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
    assert.deepEqual(server.inventory.listClosed(), []);
    assert.deepEqual(outcome.batches, { total: 4, imported: 4, refused: 0 });
  });
}

test('a request without an answer is given up in time, and sent again', async () => {
  await using server = await startTestPhoenix();
  server.fail({ on: 'import', after: 1, isCarriedOut: true, with: 'silence' });

  await runImport({ findings, server, options: { ...options, requestTimeoutSeconds: 2, maxAttempts: 50 } });

  assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
});

test('what is too large goes in halves, with whole assets while there are several, and what is as large is not tried again', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 12_000 });
  const large = Array.from({ length: 32 }, (_, number) => aFindingOf(`app-${number % 16}`, number, 'x'.repeat(1000)));

  const outcome = await runImport({ findings: large, server, options: { maxBatchAssets: 8 } });

  assert.deepEqual(server.inventory.listOpen(), describeFindings(large));
  assert.deepEqual(
    server.imports.map(({ importType }) => importType),
    ['new', 'delta', 'delta', 'delta'],
  );
  const statuses = server.requests.filter(({ operation }) => operation === 'import').map(({ status }) => status);
  assert.deepEqual(statuses, [413, 200, 200, 200, 200]);
  assert.deepEqual(outcome.batches, { total: 4, imported: 4, refused: 0 });
});

test('a batch of many megabytes that is refused before it is sent is too large, and no broken connection', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 5_000_000 });
  const large = Array.from({ length: 300 }, (_, number) => aFindingOf(`app-${number % 10}`, number, 'x'.repeat(30_000)));

  await runImport({ findings: large, server });

  assert.deepEqual(server.inventory.listOpen(), describeFindings(large));
  assert.deepEqual(
    server.requests.map(({ status }) => status),
    [200, 413, 200, 200],
  );
});

test('one asset that is too large goes in parts of which only the first may close', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 8_000 });
  const large = Array.from({ length: 16 }, (_, number) => aFindingOf('app', number, 'x'.repeat(1000)));

  await runImport({ findings: large, server });

  assert.deepEqual(server.inventory.listOpen(), describeFindings(large));
  assert.deepEqual(new Set(server.imports.slice(1).map(({ importType }) => importType)), new Set(['delta']));
});

test('a single finding that is too large is told', async () => {
  await using server = await startTestPhoenix({ maxBodyBytes: 2_000 });

  await assert.rejects(runImport({ findings: [aFindingOf('app', 1, 'x'.repeat(3000))], server }), {
    code: 'PHOENIX_TOO_LARGE',
    message: /A single finding is larger.*status 413/,
  });
});

test('Phoenix is not asked again before the time that it names', async () => {
  await using server = await startTestPhoenix();
  const clock = createQuickClock();
  const events: ImportEvent[] = [];
  server.fail({ on: 'import', after: 1, with: { status: 429, headers: { 'retry-after': '77' } } });
  server.fail({
    on: 'import',
    after: 1,
    with: { status: 429, headers: { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() } },
  });

  const late = runImport({
    findings,
    server,
    options: { ...options, clock, requestsPerMinute: 6_000_000 },
    onProgress: (event) => events.push(event),
  });

  await assert.rejects(late, { code: 'PHOENIX_UNAVAILABLE', message: /status 429.*pause of \d{4} seconds: resume/ });
  assert.ok(clock.waits.includes(77_000), `${clock.waits}`);
  assert.deepEqual(
    events.filter(({ type }) => type === 'waiting').map((event) => 'seconds' in event && event.seconds),
    [77],
  );
});

test('what does not pass ends the import after some tries, and it goes on later where it stopped', async () => {
  await using server = await startTestPhoenix();
  const ledger = createMemoryLedger();
  server.fail({ on: 'import', after: 2, times: 4, with: { status: 500, body: { message: 'database is down' } } });

  const error = await failureOf(runImport({ findings, server, target: { assessmentName: 'Nightly' }, options, ledger }));

  assert.deepEqual([error.code, error.isTemporary], ['PHOENIX_UNAVAILABLE', true]);
  assert.match(error.message, /status 500: database is down.*tried 4 times/);
  assert.deepEqual(error.outcome!.batches, { total: 4, imported: 2, refused: 0 });
  await runImport({ findings: findings.toReversed(), server, target: { assessmentName: 'Nightly' }, options, ledger });
  assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
  assert.equal(server.imports.length, 4);
});

test('after a first batch that broke off, nothing is sent until Phoenix must be through with it', async () => {
  for (const [importType, expected] of [
    ['new', [300_000]],
    ['delta', []],
  ] as const) {
    await using server = await startTestPhoenix();
    const clock = createQuickClock();
    server.fail({ on: 'import', with: 'disconnection' });

    await runImport({ findings, server, target: { importType }, options: { ...options, clock, requestsPerMinute: 6_000_000 } });

    // Two seconds of them are the usual pause.
    const long = clock.waits.filter((wait) => wait > 10_000).map((wait) => Math.round(wait + 2000));
    assert.deepEqual(long, expected);
  }
});

test('a batch that Phoenix refuses keeps no other back, but the import has failed', async () => {
  await using server = await startTestPhoenix();
  const ledger = createMemoryLedger();
  server.fail({ on: 'import', after: 1, with: { status: 400, body: { detail: 'severity is odd' } } });

  const error = await failureOf(runImport({ findings, server, target: { assessmentName: 'Nightly' }, options, ledger }));

  assert.equal(error.code, 'PHOENIX_REFUSED');
  assert.match(error.message, /1 of 4 batches.*status 400: severity is odd/);
  assert.deepEqual(error.outcome!.batches, { total: 4, imported: 3, refused: 1 });
  assert.deepEqual(error.outcome!.findings, { total: 12, imported: 9 });
  await runImport({ findings, server, target: { assessmentName: 'Nightly' }, options, ledger });
  assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
});

test('when the first batch of a full import is refused, no other is sent', async () => {
  await using server = await startTestPhoenix();
  server.fail({ on: 'import', with: { status: 400, body: { title: 'no' } } });

  await assert.rejects(runImport({ findings, server, options }), { code: 'PHOENIX_REFUSED', message: /first batch.*status 400: no/ });

  assert.equal(server.requests.filter(({ operation }) => operation === 'import').length, 1);
});

test('wrong credentials are told, and nothing is sent', async () => {
  await using server = await startTestPhoenix();
  const credentials = { ...server.credentials, clientSecret: `${server.credentials.clientSecret}x` };

  await assert.rejects(runImport({ findings, server, credentials }), {
    code: 'PHOENIX_AUTHENTICATION_FAILED',
    message: /does not accept the client id and secret.*status 401: Unauthorized/,
  });

  assert.deepEqual(
    server.requests.map(({ operation }) => operation),
    ['token'],
  );
});

test('a token that is never accepted ends the import', async () => {
  await using server = await startTestPhoenix();
  server.fail({ on: 'import', times: 2, with: { status: 401 } });

  await assert.rejects(runImport({ findings, server }), { code: 'PHOENIX_AUTHENTICATION_FAILED' });
});

test('a token is renewed before it ends', async () => {
  await using server = await startTestPhoenix({ tokenSeconds: 3600 });

  // Two minutes between requests; the last minute of a token is not used, and a new one is made after 58.
  await runImport({ findings: listFindings(31, 31), server, options: { maxBatchAssets: 1, requestsPerMinute: 0.5 } });

  const operations = server.requests.map(({ operation }) => operation);
  assert.equal(operations.filter((operation) => operation === 'token').length, 2);
  assert.equal(operations.lastIndexOf('token'), 31);
  assert.equal(
    server.requests.some(({ status }) => status === 401),
    false,
  );
});

const impostors: readonly (readonly [name: string, answer: FaultAnswer])[] = [
  ['a page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' }],
  ['a list', { status: 200, body: [] }],
  ['another address', { status: 302, headers: { location: 'https://example.org/' } }],
];

for (const [name, answer] of impostors) {
  test(`${name} in answer to an import is no success`, async () => {
    await using server = await startTestPhoenix();
    server.fail({ on: 'import', with: answer });

    await assert.rejects(runImport({ findings, server }), { code: 'PHOENIX_ANSWER_UNREADABLE', message: /Check the address/ });
  });
}

test('a token that could add a header is none', async () => {
  await using server = await startTestPhoenix();
  for (const token of ['a\r\nx-header: b', '', 7]) {
    server.fail({ on: 'token', with: { status: 200, body: { token } } });

    await assert.rejects(runImport({ findings, server }), { code: 'PHOENIX_ANSWER_UNREADABLE' });
  }
});

test('credentials appear in no error, no progress and no ledger, whatever Phoenix says', async () => {
  await using server = await startTestPhoenix();
  const { clientId, clientSecret } = server.credentials;
  const said: unknown[] = [];
  const ledger = createMemoryLedger();
  const body = { message: `bad {authorization} for ${clientId} with ${clientSecret} or ${encodeURIComponent(clientSecret)}` };
  server.fail({ on: 'token', with: { status: 503, body } });
  server.fail({ on: 'import', with: { status: 500, body } });
  server.fail({ on: 'import', after: 1, with: { status: 400, body: body.message } });

  const error = await failureOf(runImport({ findings, server, options, ledger, onProgress: (event) => said.push(event) }));

  const all = [error.message, error.stack, JSON.stringify(error), JSON.stringify(said), JSON.stringify([...ledger.entries])].join('\n');
  assert.match(all, /bad \[…\] for \[…\] with \[…\] or \[…\]/);
  for (const secret of [clientId, clientSecret, Buffer.from(`${clientId}:${clientSecret}`).toString('base64')])
    assert.equal(all.includes(secret), false);
  assert.equal(/bad [\w-]{20}/.test(all), false);
});

test('credentials do not travel unencrypted, or to an address that holds others', async () => {
  await using server = await startTestPhoenix();
  const secret = ['pass', 'word'].join('');

  for (const url of [server.url.replace('//', `//jane:${secret}@`), `${server.url}?key=${secret}`, 'ftp://example.org', secret]) {
    const error = await failureOf(runImport({ findings, server, target: { url } }));
    assert.equal(error.code, 'PHOENIX_URL_INVALID');
    assert.equal(error.message.includes(secret), false);
  }
  await assert.rejects(runImport({ findings, server, options: { allowHttp: false } }), {
    code: 'PHOENIX_URL_INVALID',
    message: /not encrypted/,
  });

  assert.deepEqual(server.requests, []);
});

test('credentials of several lines, and an id with a colon, are refused', async () => {
  await using server = await startTestPhoenix();

  for (const credentials of [
    { clientId: 'a:b', clientSecret: 'c' },
    { clientId: '', clientSecret: 'c' },
    { clientId: 'a', clientSecret: 'c\r\nx: y' },
  ])
    await assert.rejects(runImport({ findings, server, credentials }), { code: 'PHOENIX_CREDENTIALS_INVALID' });
});

test('P16 an address inside is not connected to, unless that is allowed', async () => {
  await using server = await startTestPhoenix();

  await assert.rejects(runImport({ findings, server, options: { policy: createEgressPolicy() } }), { code: 'PHOENIX_UNREACHABLE' });

  assert.deepEqual(server.requests, []);
});

test('the certificate is verified', async () => {
  await using server = await startTestPhoenix({ isSecure: true });
  const secure = { allowHttp: false, requestsPerMinute: 6_000_000 };

  await assert.rejects(runImport({ findings, server, options: secure }), { code: 'PHOENIX_UNREACHABLE' });
  await runImport({ findings, server, options: { ...secure, trustedCertificates: [server.authority!] } });

  assert.deepEqual(server.inventory.listOpen(), describeFindings(findings));
});

test('an import that is cancelled stops at once, with the caller’s own reason', async () => {
  await using server = await startTestPhoenix();
  const controller = new AbortController();
  const reason = new Error('cancelled');
  server.fail({ on: 'import', after: 1, with: 'silence' });
  const waiting = runImport({
    findings,
    server,
    options,
    signal: controller.signal,
    onProgress: ({ type }) => {
      if (type === 'imported') setImmediate(() => controller.abort(reason));
    },
  });

  await assert.rejects(waiting, (error) => error === reason);

  assert.equal(server.imports.length, 1);
});

test('a ledger of other findings is not gone on with', async () => {
  await using server = await startTestPhoenix();
  const ledger = createMemoryLedger();
  await runImport({ findings, server, options, ledger });

  const others = [[...findings, aReportedFinding()], findings.slice(1), findings.slice(0, 2)];
  for (const each of others)
    await assert.rejects(runImport({ findings: each, server, options, ledger }), { code: 'PHOENIX_IMPORT_CHANGED' });
});

async function failureOf(running: Promise<unknown>): Promise<PhoenixError> {
  const error = await running.then(
    () => assert.fail('It did not fail.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PhoenixError, String(error));
  return error;
}
