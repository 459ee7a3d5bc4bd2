import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { readLooseObject } from './read-loose-object.ts';

function readFrom(bytes: Uint8Array, maxBytes = 1000): ReturnType<typeof readLooseObject> {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'object');
  writeFileSync(path, bytes);
  return readLooseObject(path, maxBytes);
}

test('an object is read as it was written', () => {
  assert.deepEqual(readFrom(deflateSync('tag 3\0abc')), { type: 'tag', content: Buffer.from('abc') });
  assert.deepEqual(readFrom(deflateSync('blob 0\0')), { type: 'blob', content: Buffer.alloc(0) });
});

test('what is no object, or not as long as it says, is unreadable', () => {
  for (const text of ['', 'blob', 'blob 3\0ab', 'blob 3\0abcd', 'blob 03\0abc', 'blob -1\0', 'bulb 3\0abc', 'blob 3 abc']) {
    assert.equal(readFrom(deflateSync(text)), 'unreadable');
  }
  assert.equal(readFrom(Buffer.from('this is not zlib data')), 'unreadable');
  assert.equal(readFrom(deflateSync('blob 3\0abc').subarray(0, 8)), 'unreadable');
  assert.equal(readFrom(Buffer.alloc(0)), 'unreadable');
});

test('a file that would grow beyond the limit is not made', () => {
  const bomb = deflateSync(Buffer.concat([Buffer.from(`blob ${64 << 20}\0`), Buffer.alloc(64 << 20)]));
  const before = process.memoryUsage.rss();

  assert.equal(readFrom(bomb, 1 << 20), 'too-large');

  assert.ok(process.memoryUsage.rss() - before < 32 << 20);
});
