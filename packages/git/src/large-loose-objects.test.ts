import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'node:test';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { openLocalRepository } from './open-local-repository.ts';
import { readObjects } from './read-objects.ts';

/** What does not compress: its file is large, too. */
const largeBytes = 40 << 20;

test('a large loose object is read without git, whole and in its place, and may be left unread', async () => {
  await using source = createTestRepository();
  using directory = createTemporaryDirectory();
  const content = randomBytes(largeBytes);
  const large = source.writeBlob(content);
  const small = source.writeBlob('small');
  await using repository = await openLocalRepository(source.path, { workDirectory: directory.path });
  const { git, objectDirectories } = repository;

  const seen: [string, Buffer | undefined][] = [];
  for await (const objects of readObjects(git, [large, small, large], { objectDirectories })) {
    for (const { oid, content: whole, chunks } of objects) {
      const isSecond = seen.some(([known]) => known === oid);
      seen.push([oid, isSecond ? undefined : (whole ?? (await buffer(chunks!)))]);
    }
  }

  assert.deepEqual(
    seen.map(([oid]) => oid),
    [large, small, large],
  );
  assert.ok(seen[0]![1]!.equals(content));
});

test('a large loose object that was cut off is told, not taken for a shorter one', async () => {
  await using source = createTestRepository();
  using directory = createTemporaryDirectory();
  const oid = source.writeBlob(randomBytes(largeBytes));
  const folder = join(source.gitDir, 'objects', oid.slice(0, 2));
  const file = join(folder, readdirSync(folder)[0]!);
  truncateSync(file, 36 << 20);
  await using repository = await openLocalRepository(source.path, { workDirectory: directory.path });

  const reading = async (): Promise<void> => {
    for await (const [object] of readObjects(repository.git, [oid], { objectDirectories: repository.objectDirectories }))
      for await (const _chunk of object!.chunks!);
  };

  await assert.rejects(reading(), { code: 'REPOSITORY_BROKEN', message: new RegExp(oid) });
});
