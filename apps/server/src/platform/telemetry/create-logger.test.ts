import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createLogger } from './create-logger.ts';

const planted = ['AKIA', 'Z7QX4MPLQ2TYWV3N'].join('');

test('a line says when, how bad, which part of the service, and what', () => {
  const { lines, logger } = openLog();

  logger.warn({ jobId: 'j1' }, 'scan is slow');

  const { time, ...rest } = lines()[0]!;
  assert.deepEqual(rest, { level: 'warn', service: 'api', jobId: 'j1', msg: 'scan is slow' });
  assert.match(String(time), /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
});

test('whoever logs to a full disk goes on', () => {
  const logger = new URL('./create-logger.ts', import.meta.url).href;
  const text = `
    import { setTimeout as delay } from 'node:timers/promises';
    import { createLogger } from '${logger}';
    const logger = createLogger({ level: 'info', service: 'api' });
    for (let line = 0; line < 30; line++) {
      logger.info({ filler: 'x'.repeat(100_000) }, 'lost');
      await delay(1);
    }
    process.exitCode = 3;`;

  const { status, signal } = spawnSync(
    'sh',
    ['-c', 'exec "$0" --input-type=module-typescript --eval "$1" >/dev/full 2>&1', process.execPath, text],
    {
      timeout: 60_000,
    },
  );

  assert.deepEqual([status, signal], [3, null]);
});

test('the level is understood in any case, and lower ones are left out', () => {
  const { lines, logger } = openLog('WARN');

  logger.info('nothing');
  logger.error('something');

  assert.deepEqual(
    lines().map(({ msg }) => msg),
    ['something'],
  );
});

test('T4: fields that are named like secrets are taken out, however deep they stand', () => {
  const { text, logger } = openLog();

  for (const name of ['authorization', 'password', 'token', 'secret', 'cookie', 'secretKey']) {
    logger.info({ [name]: planted, inner: { [name]: planted, more: { [name]: planted } } }, 'careless');
  }

  assert.doesNotMatch(text(), /AKIA/);
});

test('T4: of an error stand type, code, message and places; what other programs attach does not', () => {
  const { lines, text, logger } = openLog();
  const fault = Object.assign(new Error('duplicate key', { cause: parseFault(`{"Secret": ${planted}}`) }), {
    code: '23505',
    detail: `Key (value)=(${planted}) already exists.`,
    config: { headers: { 'X-API-Key': planted } },
  });

  logger.error({ err: fault }, 'failed');

  assert.doesNotMatch(text(), /AKIA/);
  const { stack, ...err } = lines()[0]!['err'] as Record<string, unknown>;
  assert.deepEqual(err, {
    type: 'Error',
    code: '23505',
    message: 'duplicate key',
    cause: { type: 'SyntaxError', message: 'Text could not be parsed.' },
  });
  assert.match(String(stack), /^ {4}at .*create-logger\.test\.ts/);
});

for (const [what, message] of [
  ['an address with a password', `clone of https://user:${planted}@host/a.git failed`],
  ['an address with a token as user', `clone of https://${planted}@host/a.git failed`],
  ['a bearer token', `sent Authorization: Bearer ${planted}`],
  ['a signed address', `GET /download?name=a&X-Amz-Signature=${planted}`],
  ['a token in a query', `GET /events?token=${planted}&b=1`],
  ['a key of this service', `key dgk_${planted} is unknown`],
] as const) {
  test(`T4: ${what} in a message is taken out`, () => {
    const { text, logger } = openLog();

    logger.error({ err: new Error(message) }, 'failed');

    assert.doesNotMatch(text(), /AKIA/);
    assert.match(text(), /\[redacted\]/);
  });
}

test('O1: nothing that is logged begins a line of its own', () => {
  const { lines, text, logger } = openLog();

  for (let code = 0; code < 0x20; code++) {
    const forged = `${String.fromCharCode(code)}{"level":"fatal"}\u001b[2J\u2028\u2029`;
    logger.info({ [forged]: forged, list: [forged], err: new Error(forged) }, forged);
  }

  assert.equal(lines().length, 32);
  assert.ok(lines().every(({ level }) => level === 'info'));
  assert.doesNotMatch(text(), /\u001b/);
});

function openLog(level = 'info') {
  const written: string[] = [];
  const logger = createLogger({ level, service: 'api', destination: { write: (line) => void written.push(line) } });
  return {
    logger,
    text: () => written.join(''),
    lines: () =>
      written
        .join('')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

function parseFault(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
