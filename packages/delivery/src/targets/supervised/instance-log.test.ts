import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { LogLine } from '../target.ts';
import { openInstanceLog } from './instance-log.ts';
import { readInstanceLog } from './read-instance-log.ts';

const MiB = 1024 * 1024;

test('a log that is full of short lines is read like any other', async () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'log');
  const log = openInstanceLog({ path, maxBytes: 20 * MiB, maxBytesPerSecond: Infinity, mask: [] });
  const count = 200_000;
  log.add('stdout', Buffer.from('\n'.repeat(count)));
  log.add('stderr', Buffer.from('the last one\n'));
  log.close();

  const all = await read(path, {});
  const last = await read(path, { last: 2 });

  assert.equal(all.length, count + 1);
  assert.deepEqual(
    last.map(({ stream, text }) => [stream, text]),
    [
      ['stdout', ''],
      ['stderr', 'the last one'],
    ],
  );
});

test('while a large log is read, others have their turn', async () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'log');
  const log = openInstanceLog({ path, maxBytes: 20 * MiB, maxBytesPerSecond: Infinity, mask: [] });
  for (let number = 1; number <= 60_000; number++) log.add('stdout', Buffer.from(`${number} ${'é'.repeat(30)}\n`));
  log.close();
  let turns = 0;
  const others = setInterval(() => turns++, 0);

  const last = await read(path, { last: 3 });
  clearInterval(others);

  assert.deepEqual(
    last.map(({ text }) => text),
    [59_998, 59_999, 60_000].map((number) => `${number} ${'é'.repeat(30)}`),
  );
  assert.ok(turns >= 5, `${turns} turns`);
});

test('empty lines count for what an application may print in a second', async () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'log');
  const maxBytesPerSecond = MiB / 16;
  const log = openInstanceLog({ path, maxBytes: 20 * MiB, maxBytesPerSecond, mask: [] });
  const startedAt = performance.now();
  log.add('stdout', Buffer.from('\n'.repeat(100_000)));
  const seconds = Math.ceil((performance.now() - startedAt) / 1000) + 1;
  log.close();

  const lines = await read(path, {});

  const { size } = statSync(path);
  assert.ok(size <= seconds * (maxBytesPerSecond + 200), `${size} bytes in ${seconds} seconds`);
  assert.match(lines.at(-1)!.text, /^\d+ lines are left out: the application printed more than 65536 bytes in a second\.$/);
});

async function read(path: string, options: { readonly last?: number }): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of readInstanceLog(path, options, () => true)) lines.push(line);
  return lines;
}
