import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { constants, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { buildMixedBytes, createRandom } from './build-test-bytes.ts';
import { createKernel, findKernelModule, type Kernel } from './kernel.ts';

const source = 1 << 20;
const target = 4 << 20;
const runs = 12 << 20;
const memoryBytes = 16 << 20;
const guard = 0xa5;
const maxRuns = 1000;

let kernel: Kernel;
before(() => {
  const module = findKernelModule();
  assert.ok(module, 'the kernel is not built: run "node scripts/build-kernel.mjs"');
  kernel = createKernel(module, memoryBytes);
});

/** Inflates in the kernel; checks that nothing but the target and its slack was written. */
function inflateInKernel(stream: Buffer, size: number): { code: number; output: Buffer } {
  kernel.memory.fill(guard, target - 1024, target + size + 2048);
  stream.copy(kernel.memory, source);
  const code = kernel.inflate(source, source + stream.length, target, size);
  const output = Buffer.from(kernel.memory.subarray(target, target + size));
  assert.ok(
    kernel.memory.subarray(target - 1024, target).every((byte) => byte === guard),
    'bytes before the target were written',
  );
  assert.ok(
    kernel.memory.subarray(target + size + kernel.slackBytes, target + size + 2048).every((byte) => byte === guard),
    'bytes behind the slack were written',
  );
  return { code, output };
}

/** What zlib makes of a stream; `undefined` when it refuses. */
function inflateInZlib(stream: Buffer, size: number): Buffer | undefined {
  try {
    const output = inflateSync(stream, { maxOutputLength: size + 1 });
    return output.length === size ? output : undefined;
  } catch {
    return undefined;
  }
}

/** Gives damaged data that still end the header and the checksum that they need to be accepted; `undefined` when they do not end. */
function sealStream(stream: Buffer): { damaged: Buffer; size: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(stream.subarray(2), { info: true, maxOutputLength: 1 << 20 }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const checksum = deflateSync(buffer, { level: 0 }).subarray(-4);
    return {
      damaged: Buffer.concat([Buffer.from([0x78, 0x9c]), stream.subarray(2, 2 + engine.bytesWritten), checksum]),
      size: buffer.length,
    };
  } catch {
    return undefined;
  }
}

describe('inflate', () => {
  test('gives what zlib compressed, for all levels, strategies, windows and sizes', () => {
    const random = createRandom(1);
    const sizes = [0, 1, 2, 3, 7, 8, 9, 255, 256, 257, 258, 259, 4095, 32767, 32768, 32769, 65535, 65536, 300_000];
    for (const size of sizes) {
      for (const strategy of [
        constants.Z_DEFAULT_STRATEGY,
        constants.Z_FIXED,
        constants.Z_HUFFMAN_ONLY,
        constants.Z_RLE,
        constants.Z_FILTERED,
      ]) {
        for (const level of [0, 1, 6, 9]) {
          const content = buildMixedBytes(size, random);
          const windowBits = 9 + Math.floor(random() * 7);
          const stream = deflateSync(content, { level, strategy, windowBits, memLevel: 1 + Math.floor(random() * 9) });

          const { code, output } = inflateInKernel(stream, size);

          assert.equal(code, 0, `size ${size}, strategy ${strategy}, level ${level}`);
          assert.ok(output.equals(content));
        }
      }
    }
  });

  test('agrees with zlib about damaged streams, and never writes elsewhere', () => {
    const random = createRandom(2);
    let accepted = 0;
    for (let round = 0; round < 4000; round++) {
      const content = buildMixedBytes(Math.floor(random() * 3000), random);
      const stream = deflateSync(content, { level: round % 10, strategy: round % 5, memLevel: 1 + (round % 9) });
      for (let left = Math.floor(random() * 4); left >= 0; left--) {
        // Mostly in the front, where the codes are described.
        stream[Math.floor(random() ** 2 * stream.length)] = Math.floor(random() * 256);
      }
      const cut = random() < 0.1 ? stream.subarray(0, Math.floor(random() * stream.length)) : stream;
      const { damaged, size } = sealStream(cut) ?? { damaged: cut, size: content.length };
      const expected = inflateInZlib(damaged, size);

      const { code, output } = inflateInKernel(damaged, size);

      assert.equal(code === 0, expected !== undefined, `round ${round}: code ${code}`);
      if (!expected) continue;
      accepted++;
      assert.ok(output.equals(expected), `round ${round}`);
    }
    assert.ok(accepted > 300, `only ${accepted} damaged streams were valid: their agreement means little`);
  });

  test('agrees with zlib about noise behind a valid header', () => {
    const random = createRandom(3);
    for (let round = 0; round < 6000; round++) {
      const stream = Buffer.from(Array.from({ length: 8 + Math.floor(random() * 60) }, () => Math.floor(random() * 256)));
      stream[0] = 0x78;
      stream[1] = 0x9c;
      // A fixed or dynamic block, so that more than the first bits are read.
      stream[2] = (stream[2]! & 0xf8) | 1 | (round % 2 === 0 ? 2 : 4);
      const size = Math.floor(random() * 200);

      const { code } = inflateInKernel(stream, size);

      assert.equal(code === 0, inflateInZlib(stream, size) !== undefined);
    }
  });

  test('refuses a stream that holds more or less than was said', () => {
    const content = Buffer.from('The same words, the same words, the same words.');
    const stream = deflateSync(content);

    for (const size of [0, 1, content.length - 1, content.length + 1, 100_000]) assert.notEqual(inflateInKernel(stream, size).code, 0);
  });

  test('computes the checksum of RFC 1950', () => {
    // Given in the article on Adler-32 of the English Wikipedia.
    const text = Buffer.from('Wikipedia');
    text.copy(kernel.memory, source);
    assert.equal(kernel.adler32(source, text.length) >>> 0, 0x11e60398);

    const noise = buildMixedBytes(200_000, createRandom(4)).fill(255, 1000, 150_000);
    noise.copy(kernel.memory, source);
    assert.equal(kernel.adler32(source, noise.length) >>> 0, deflateSync(noise, { level: 0 }).subarray(-4).readUInt32BE());
  });
});

interface Op {
  readonly from?: number;
  readonly size: number;
  readonly bytes?: Buffer;
}

function encodeSize(size: number): number[] {
  const bytes: number[] = [];
  for (; size >= 0x80; size = Math.floor(size / 128)) bytes.push((size % 128) | 0x80);
  return [...bytes, size];
}

/** https://git-scm.com/docs/pack-format, by hand. */
function encodeDelta(baseSize: number, ops: readonly Op[]): Buffer {
  const parts: (number[] | Buffer)[] = [encodeSize(baseSize), encodeSize(ops.reduce((sum, { size }) => sum + size, 0))];
  for (const { from, size, bytes } of ops) {
    if (bytes) {
      parts.push([size], bytes);
      continue;
    }
    const fields: number[] = [];
    let flags = 0x80;
    for (const [bit, byte] of [from! & 255, (from! >> 8) & 255, (from! >> 16) & 255, (from! >>> 24) & 255].entries()) {
      if (byte !== 0) flags |= 1 << bit;
      if (byte !== 0) fields.push(byte);
    }
    const coded = size === 0x10000 ? 0 : size;
    for (const [bit, byte] of [coded & 255, (coded >> 8) & 255, (coded >> 16) & 255].entries()) {
      if (byte !== 0) flags |= 16 << bit;
      if (byte !== 0) fields.push(byte);
    }
    parts.push([flags, ...fields]);
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function buildOps(baseSize: number, random: () => number): Op[] {
  return Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
    if (random() < 0.4 || baseSize === 0) {
      const bytes = buildMixedBytes(1 + Math.floor(random() * 127), random);
      return { size: bytes.length, bytes };
    }
    const from = Math.floor(random() * baseSize);
    const size = random() < 0.1 ? 0x10000 : 1 + Math.floor(random() ** 3 * 70_000);
    return from + size <= baseSize ? { from, size } : { from, size: baseSize - from };
  });
}

function applyInKernel(base: Buffer, delta: Buffer): { runCount: number; output: Buffer } | undefined {
  const baseAt = target - (2 << 20);
  delta.copy(kernel.memory, source);
  base.copy(kernel.memory, baseAt);
  if (kernel.openDelta(source, source + delta.length) !== 0 || kernel.deltaBaseSize() !== base.length) return undefined;
  const size = kernel.deltaResultSize();
  if (size > 4 << 20) return undefined;
  kernel.memory.fill(guard, target + size, target + size + 1024);
  const runCount = kernel.applyDelta(source + delta.length, baseAt, target, runs, maxRuns);
  assert.ok(
    kernel.memory.subarray(target + size + kernel.slackBytes, target + size + 1024).every((byte) => byte === guard),
    'bytes behind the slack were written',
  );
  return runCount < 0 ? undefined : { runCount, output: Buffer.from(kernel.memory.subarray(target, target + size)) };
}

describe('deltas', () => {
  test('are applied as their operations say, and every run was copied from where it says', () => {
    const random = createRandom(5);
    for (let round = 0; round < 400; round++) {
      const base = buildMixedBytes(Math.floor(random() * 200_000), random);
      const ops = buildOps(base.length, random);
      const expected = Buffer.concat(ops.map(({ from, size, bytes }) => bytes ?? base.subarray(from, from! + size)));

      const applied = applyInKernel(base, encodeDelta(base.length, ops));

      assert.ok(applied && applied.output.equals(expected));
      const words = new Uint32Array(kernel.memory.buffer, runs, applied.runCount * 3);
      let copied = 0;
      let end = 0;
      for (let i = 0; i < words.length; i += 3) {
        const [start, from, size] = words.subarray(i, i + 3) as unknown as [number, number, number];
        assert.ok(start >= end && applied.output.subarray(start, start + size).equals(base.subarray(from, from + size)));
        end = start + size;
        copied += size;
      }
      assert.equal(
        copied,
        ops.reduce((sum, { size, bytes }) => sum + (bytes ? 0 : size), 0),
      );
    }
  });

  test('neighbouring copies are one run', () => {
    const base = buildMixedBytes(150_000, createRandom(6));
    const ops = [
      { from: 100, size: 0x10000 },
      { from: 100 + 0x10000, size: 5000 },
      { from: 70_636, size: 100 },
    ];

    const applied = applyInKernel(base, encodeDelta(base.length, ops));

    assert.equal(applied?.runCount, 1);
    assert.deepEqual([...new Uint32Array(kernel.memory.buffer, runs, 3)], [0, 100, 0x10000 + 5100]);
  });

  test('more runs than there is room for are counted as one too many, and the content is right all the same', () => {
    const base = buildMixedBytes(5000, createRandom(7));
    const ops = Array.from({ length: maxRuns + 50 }, (_, i) => ({ from: (i * 37) % 4000, size: 3 }));

    const applied = applyInKernel(base, encodeDelta(base.length, ops));

    assert.equal(applied?.runCount, maxRuns + 1);
    assert.ok(applied.output.equals(Buffer.concat(ops.map(({ from, size }) => base.subarray(from, from + size)))));
  });

  test('that are damaged are refused or give as many bytes as they claim, and nothing is written elsewhere', () => {
    const random = createRandom(8);
    for (let round = 0; round < 4000; round++) {
      const base = buildMixedBytes(Math.floor(random() * 3000), random);
      const delta = encodeDelta(base.length, buildOps(base.length, random));
      for (let left = Math.floor(random() * 3); left >= 0; left--) delta[Math.floor(random() * delta.length)] = Math.floor(random() * 256);

      applyInKernel(base, random() < 0.2 ? delta.subarray(0, Math.floor(random() * delta.length)) : delta);
    }
  });

  test('that copy from outside their base, end early, or hold the reserved operation are refused', () => {
    const base = Buffer.from('0123456789');

    assert.equal(applyInKernel(base, encodeDelta(10, [{ from: 5, size: 6 }])), undefined);
    assert.equal(applyInKernel(base, encodeDelta(10, [{ from: 11, size: 1 }])), undefined);
    assert.equal(applyInKernel(base, Buffer.from([10, 5, 4, 0x61, 0x62, 0x63, 0x64])), undefined);
    assert.equal(applyInKernel(base, Buffer.from([10, 1, 0])), undefined);
    assert.equal(applyInKernel(base, Buffer.from([10, 4, 4, 0x61, 0x62])), undefined);
  });
});

const nameSlots = 12 << 20;
const knownNames = nameSlots + (4 << 16);
const foundNames = 15 << 20;
const foundCapacity = 100;

function encodeTree(names: readonly Buffer[], hashBytes: number, random: () => number): Buffer {
  const modes = ['100644', '40000', '100755', '120000', '160000', '040000', '644'];
  return Buffer.concat(
    names.flatMap((name) => {
      // Ids hold any byte, zeros and blanks too.
      const id = Buffer.from(
        Array.from({ length: hashBytes }, () => [0, 0x20, 0x0a, Math.floor(random() * 256)][Math.floor(random() * 4)]!),
      );
      return [Buffer.from(`${modes[Math.floor(random() * modes.length)]} `), name, Buffer.alloc(1), id];
    }),
  );
}

function listNewNames(tree: Buffer): string[] {
  tree.copy(kernel.memory, source);
  kernel.startTree(source, tree.length);
  const names: string[] = [];
  for (;;) {
    const count = kernel.nextNames(foundNames, foundCapacity);
    const words = new Uint32Array(kernel.memory.buffer, foundNames, 2 * count);
    for (let i = 0; i < words.length; i += 2) names.push(tree.toString('latin1', words[i]!, words[i]! + words[i + 1]!));
    if (count < foundCapacity) return names;
  }
}

describe('names of trees', () => {
  const buildName = (random: () => number): Buffer => {
    const length = random() < 0.02 ? 3000 + Math.floor(random() * 3000) : 1 + Math.floor(random() ** 3 * 40);
    return Buffer.from(Array.from({ length }, () => (random() < 0.1 ? 0x20 : 1 + Math.floor(random() * 255))));
  };

  for (const hashBytes of [20, 32] as const) {
    test(`are reported once each, whatever they consist of (ids of ${hashBytes} bytes)`, () => {
      const random = createRandom(hashBytes);
      kernel.setNames(nameSlots, knownNames, knownNames + (2 << 20), 1, 2, hashBytes);
      const known = new Set<string>();
      const all = Array.from({ length: 2000 }, () => buildName(random));
      for (let round = 0; round < 200; round++) {
        const names = Array.from({ length: Math.floor(random() * 200) }, () => all[Math.floor(random() * all.length)]!);
        const tree = encodeTree(names, hashBytes, random);
        const texts = names.map((name) => name.toString('latin1'));

        const found = listNewNames(tree);

        assert.equal(kernel.isTreeBroken(), 0);
        // Very long names are not remembered.
        const short = (name: string): boolean => name.length <= 4096;
        assert.deepEqual(
          found.filter(short),
          [...new Set(texts.filter(short))].filter((name) => !known.has(name)),
        );
        assert.deepEqual(
          found.filter((name) => !short(name)),
          texts.filter((name) => !short(name)),
        );
        for (const name of texts) known.add(name);
      }
    });
  }

  test('that no longer fit into memory are reported again, never left out', () => {
    const random = createRandom(9);
    kernel.setNames(nameSlots, knownNames, knownNames + 1000, 3, 4, 20);
    const reported = new Set<string>();
    const names = Array.from({ length: 500 }, (_, i) => Buffer.from(`name ${i}`));

    for (let round = 0; round < 3; round++) for (const name of listNewNames(encodeTree(names, 20, random))) reported.add(name);

    assert.equal(reported.size, names.length);
  });

  test('before a cut are reported, and the cut is told', () => {
    const random = createRandom(10);
    const tree = encodeTree([Buffer.from('first'), Buffer.from('second')], 20, random);
    for (const size of [tree.length - 1, tree.length - 20, tree.length - 21, tree.length - 27]) {
      kernel.setNames(nameSlots, knownNames, knownNames + 1000, 5, 6, 20);

      assert.deepEqual(listNewNames(tree.subarray(0, size)), ['first']);
      assert.equal(kernel.isTreeBroken(), 1);
    }
  });
});

/** The links of a tree by a reading of our own: offsets of the ids and names of all entries but sub-modules. */
function listEntries(tree: Buffer, hashBytes: number): { name: number; id: number; bytes: string }[] {
  const entries: { name: number; id: number; bytes: string }[] = [];
  for (let at = 0; at < tree.length;) {
    const name = tree.indexOf(0x20, at) + 1;
    const id = tree.indexOf(0, name) + 1;
    if (tree.toString('latin1', at, name - 1) !== '160000') entries.push({ name, id, bytes: tree.toString('latin1', at, id + hashBytes) });
    at = id + hashBytes;
  }
  return entries;
}

describe('links of trees', () => {
  const newTree = source;
  const baseTree = source + (1 << 20);
  const baseLinks = target;
  const links = runs;
  const opens = runs + (1 << 20);
  const packed = runs + (2 << 20);

  function listInKernel(tree: Buffer, base?: { content: Buffer; numbers: readonly number[] }): number[] | undefined {
    tree.copy(kernel.memory, newTree);
    if (base) {
      base.content.copy(kernel.memory, baseTree);
      // Of each entry: its number, and as the name's the same.
      const words = new Int32Array(kernel.memory.buffer, baseLinks, base.numbers.length * 2);
      for (const [i, number] of base.numbers.entries()) words.set([number, number], i * 2);
    }
    const count = kernel.listLinks(
      newTree,
      tree.length,
      base ? baseTree : 0,
      base?.content.length ?? 0,
      base ? baseLinks : 0,
      links,
      opens,
    );
    return count < 0 ? undefined : [...new Int32Array(kernel.memory.buffer, links, count * 2)];
  }

  for (const hashBytes of [20, 32] as const) {
    test(`are where entries have their ids, and those of the base for entries that it has too (ids of ${hashBytes} bytes)`, () => {
      const random = createRandom(100 + hashBytes);
      kernel.setNames(nameSlots, knownNames, knownNames + (2 << 20), 1, 2, hashBytes);
      for (let round = 0; round < 300; round++) {
        const rows = Array.from({ length: Math.floor(random() * 60) }, (_, i) =>
          encodeTree([Buffer.from(`${random() < 0.9 ? 'file' : 'f'}-${String(i).padStart(3, '0')}`)], hashBytes, random),
        );
        const base = Buffer.concat(rows);
        const numbers = listEntries(base, hashBytes).map((_, i) => 5000 + i);
        // Some rows change, some go, some are new, and now and then the order is lost.
        const changed = rows.flatMap((row) => {
          const chance = random();
          if (chance < 0.05) return [];
          if (chance < 0.1) return [row, encodeTree([Buffer.from(`new ${random()}`)], hashBytes, random)];
          if (chance < 0.15) return [Buffer.concat([row.subarray(0, -1), Buffer.from([row.at(-1)! ^ 1])])];
          return [row];
        });
        const tree = Buffer.concat(random() < 0.1 ? changed.toReversed() : changed);

        const alone = listInKernel(tree)!;
        const derived = listInKernel(tree, { content: base, numbers })!;

        const entries = listEntries(tree, hashBytes);
        assert.deepEqual(
          alone,
          entries.flatMap(({ name, id }) => [-2 - id, name]),
        );
        const known = new Map(listEntries(base, hashBytes).map(({ bytes }, i) => [bytes, numbers[i]!]));
        let taken = 0;
        for (const [i, { name, id, bytes }] of entries.entries()) {
          const [link, label] = [derived[2 * i]!, derived[2 * i + 1]!];
          if (link >= 0) {
            taken++;
            assert.equal(link, known.get(bytes));
            assert.equal(label, link);
          } else assert.deepEqual([link, label], [-2 - id, name]);
        }
        if (tree.equals(base)) assert.equal(taken, entries.length);
        assert.deepEqual(
          [...new Uint32Array(kernel.memory.buffer, opens, kernel.countOpenLinks())],
          entries.flatMap((_, i) => (derived[2 * i]! < 0 ? [i] : [])),
        );
      }
    });
  }

  test('are copied without those that nobody asked for, with their names or without', () => {
    const pairs = [
      [7, 70],
      [-1, 71],
      [9, 72],
      [-1, 73],
    ] as const;
    new Int32Array(kernel.memory.buffer, links, 8).set(pairs.flat());
    const copy = (withNames: number): number[] => [
      ...new Int32Array(kernel.memory.buffer, packed, kernel.packLinks(links, pairs.length, withNames, packed)),
    ];

    assert.deepEqual(copy(1), [7, 70, 9, 72]);
    assert.deepEqual(copy(0), [7, 9]);
  });

  test('of a tree that ends within an entry, or whose modes are no numbers, are refused', () => {
    const tree = encodeTree([Buffer.from('first'), Buffer.from('second')], 20, createRandom(11));
    kernel.setNames(nameSlots, knownNames, knownNames + 1000, 5, 6, 20);

    assert.equal(listInKernel(tree.subarray(0, -1)), undefined);
    assert.equal(listInKernel(Buffer.concat([Buffer.from('9'), tree])), undefined);
    assert.equal(listInKernel(Buffer.concat([Buffer.from('000000000000'), tree])), undefined);
    assert.deepEqual(listInKernel(Buffer.alloc(0)), []);
  });
});
