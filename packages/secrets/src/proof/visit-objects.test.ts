import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { visitObjects } from './visit-objects.ts';

const work = createTemporaryDirectory('deployguard-proof-');
after(() => work.dispose());

async function readAll(repository: TestRepository, oids: readonly string[], maxBufferedBytes = 1_000_000): Promise<(string | Buffer)[][]> {
  await using opened = await openLocalRepository(repository.gitDir, { workDirectory: work.path });
  const seen: (string | Buffer)[][] = [];
  const visitor = {
    onObject: ({ oid }: { oid: string }, content: Buffer) => void seen.push([oid, 'whole', Buffer.from(content)]),
    onLargeObject({ oid }: { oid: string }) {
      const pieces: Buffer[] = [];
      return {
        onPiece: (piece: Buffer) => void pieces.push(Buffer.from(piece)),
        onEnd: () => void seen.push([oid, 'pieces', Buffer.concat(pieces)]),
      };
    },
    onMissing: (oid: string) => void seen.push([oid, 'missing']),
  };
  await visitObjects(opened.git, oids, visitor, { maxBufferedBytes });
  return seen;
}

test('objects of every size come whole and in order, however the output is cut', async () => {
  await using repository = createTestRepository({ bare: true });
  // Around the size of one read of a pipe (64 KiB), with line feeds at the edges.
  const contents = [0, 1, 2, 100, 65_400, 65_479, 65_480, 65_481, 65_535, 65_536, 70_000, 200_000, 999_999].map((size, index) =>
    Buffer.alloc(size, index % 2 === 0 ? '\n' : 'x\n'),
  );
  const oids = contents.map((content) => repository.writeBlob(content));

  const seen = await readAll(repository, [...oids, ...oids.toReversed()]);

  const expected = contents.map((content, index) => [oids[index]!, 'whole', content]);
  assert.deepEqual(seen, [...expected, ...expected.toReversed()]);
});

test('objects over the limit come in pieces, also between others and at the end', async () => {
  await using repository = createTestRepository({ bare: true });
  const [small, large] = [Buffer.from('small'), Buffer.alloc(3_000_000, 'large\n')];
  const oids = [small, large].map((content) => repository.writeBlob(content));

  const seen = await readAll(repository, [oids[0]!, oids[1]!, oids[0]!, oids[1]!]);

  const [whole, pieces] = [
    [oids[0]!, 'whole', small],
    [oids[1]!, 'pieces', large],
  ];
  assert.deepEqual(seen, [whole, pieces, whole, pieces]);
});

test('an object that is not there is told, and nothing asked is nothing read', async () => {
  await using repository = createTestRepository({ bare: true });
  const oid = repository.writeBlob('here');

  assert.deepEqual(await readAll(repository, ['0'.repeat(39) + '1', oid]), [
    ['0'.repeat(39) + '1', 'missing'],
    [oid, 'whole', Buffer.from('here')],
  ]);
  assert.deepEqual(await readAll(repository, []), []);
});
