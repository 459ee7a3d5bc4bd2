import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { hashBytesOf } from './object-type.ts';
import { parsePackIndexTable } from './pack-index-table.ts';
import { loadPackLayout, none } from './pack-layout.ts';
import type { PackLayout } from './pack-layout.ts';

const types = ['', 'commit', 'tree', 'blob', 'tag'];

/** One line an entry, in the order of the pack: id, type, offset, and the base's id of a delta. */
function describeLayout(layout: PackLayout, ids: Buffer, hashBytes: number): string[] {
  const idOf = (entry: number): string => {
    const start = layout.positions[entry]! * hashBytes;
    return ids.toString('hex', start, start + hashBytes);
  };
  const bases = new Map<number, number>();
  for (let base = 0; base < layout.count; base++) {
    for (let delta = layout.firstDelta[base]!; delta !== none; delta = layout.nextDelta[delta]!) bases.set(delta, base);
  }
  return Array.from({ length: layout.count }, (_, entry) => {
    const base = bases.get(entry);
    const end = base === undefined ? `size ${layout.sizes[entry]}` : `on ${idOf(base)}`;
    return `${idOf(entry)} ${types[layout.types[entry]!]} at ${layout.offsets[entry]}: ${end}`;
  });
}

async function load(repository: TestRepository): Promise<{ layout: PackLayout; lines: string[] }> {
  const hashBytes = hashBytesOf(repository.objectFormat);
  const directory = join(repository.gitDir, 'objects', 'pack');
  const name = readdirSync(directory).find((name) => name.endsWith('.idx'))!;
  const content = readFileSync(join(directory, name));
  const index = parsePackIndexTable(content, repository.objectFormat)!;
  await using pack = await open(join(directory, name.replace(/idx$/, 'pack')));
  const layout = await loadPackLayout(pack, index, content.subarray(-2 * hashBytes, -hashBytes));
  return { layout, lines: describeLayout(layout, index.ids, hashBytes) };
}

/** The same, as git sees it. */
async function listWithGit(repository: TestRepository): Promise<string[]> {
  const directory = join(repository.gitDir, 'objects', 'pack');
  const index = join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('.idx'))!,
  );
  const output = await repository.git(['verify-pack', '-v', index]);
  return output
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter(([oid]) => /^[0-9a-f]{40,64}$/.test(oid ?? ''))
    .sort((a, b) => Number(a[4]) - Number(b[4]))
    .map(
      ([oid, type, size, , offset, depth, base]) => `${oid} ${type} at ${offset}: ${depth === undefined ? `size ${size}` : `on ${base}`}`,
    );
}

function commitVersions(repository: TestRepository): void {
  const lines = Array.from({ length: 300 }, (_, i) => `line ${i} of a file that changes little\n`);
  for (let version = 0; version < 40; version++) {
    lines[(version * 7) % 300] = `version ${version}\n`;
    repository.commit({ files: { [`folder/${version % 3}`]: lines.join(''), empty: '' } });
  }
  repository.tag('v1', { target: repository.resolveRef('HEAD'), message: 'One' });
}

const repackings: Record<string, { objectFormat?: 'sha256'; args: readonly string[] }> = {
  'deltas that name their base by its distance': { args: ['repack', '-adfq', '--depth=30'] },
  'deltas that name their base by its id': { args: ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq', '--depth=30'] },
  'ids of 32 bytes': { objectFormat: 'sha256', args: ['repack', '-adfq'] },
  'no deltas': { args: ['repack', '-adfq', '--depth=0'] },
};

for (const [name, { objectFormat, args }] of Object.entries(repackings)) {
  test(`entries stand where git says they do: ${name}`, async () => {
    await using repository = createTestRepository({ bare: true, ...(objectFormat && { objectFormat }) });
    commitVersions(repository);
    await repository.git(args);

    const { layout, lines } = await load(repository);

    assert.deepEqual(lines, await listWithGit(repository));
    assert.equal(layout.roots.length, lines.filter((line) => line.includes(': size ')).length);
  });
}

test('among the deltas on one base, the one with the most deltas on it comes last', async () => {
  await using repository = createTestRepository({ bare: true });
  commitVersions(repository);
  await repository.git(['repack', '-adfq', '--depth=30']);

  const { layout } = await load(repository);

  const countBelow = (entry: number): number => {
    let count = 0;
    for (let delta = layout.firstDelta[entry]!; delta !== none; delta = layout.nextDelta[delta]!) count += 1 + countBelow(delta);
    return count;
  };
  let branching = 0;
  for (let entry = 0; entry < layout.count; entry++) {
    const counts: number[] = [];
    for (let delta = layout.firstDelta[entry]!; delta !== none; delta = layout.nextDelta[delta]!) counts.push(countBelow(delta));
    if (counts.length > 1) branching++;
    if (counts.length > 0) assert.equal(counts.at(-1), Math.max(...counts));
  }
  assert.ok(branching > 0, 'no base has two deltas: the test shows nothing');
});
