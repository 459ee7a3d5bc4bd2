import assert from 'node:assert/strict';
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { Arena } from './arena.ts';
import { createRandom } from './build-test-bytes.ts';
import { PackBytes } from './pack-bytes.ts';

const cache = 4096;
const arenaStart = cache + PackBytes.cacheBytes + 512;

/** Half as much again as the cache holds, each word telling its place. */
function buildContent(): Buffer {
  return Buffer.from(Uint32Array.from({ length: 12_000_000 }, (_, i) => i).buffer);
}

test('a range is what the file holds there, however often its memory served others', () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'file');
  const content = buildContent();
  writeFileSync(path, content);
  const memory = Buffer.alloc(arenaStart + (1 << 20));
  const arena = new Arena(arenaStart, memory.length, 64);
  const bytes = new PackBytes(memory, cache, arena);
  const file = openSync(path, 'r');
  bytes.setFile(file, content.length);
  const random = createRandom(1);

  for (let round = 0; round < 20_000; round++) {
    const start = Math.floor(random() * content.length);
    const end = Math.min(content.length, start + 1 + Math.floor(random() ** 8 * 200_000));
    const address = bytes.locate(start, end);
    assert.ok(memory.subarray(address, address + end - start).equals(content.subarray(start, end)));
    bytes.release();
  }

  // All that was borrowed was given back.
  assert.notEqual(arena.allocate((1 << 20) - 256), 0);
  closeSync(file);
});

test('what the file no longer holds, or what there is no memory for, is not located', () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'file');
  writeFileSync(path, Buffer.alloc(1 << 20));
  const memory = Buffer.alloc(arenaStart + (1 << 18));
  const bytes = new PackBytes(memory, cache, new Arena(arenaStart, memory.length, 64));
  const file = openSync(path, 'r');
  bytes.setFile(file, 1 << 20);

  assert.equal(bytes.locate(0, 1 << 20), 0);
  bytes.release();
  truncateSync(path, 1000);
  assert.equal(bytes.locate(500_000, 500_010), 0);
  bytes.release();
  assert.equal(bytes.locate(500_000, 600_000), 0);
  bytes.release();
  closeSync(file);
});
