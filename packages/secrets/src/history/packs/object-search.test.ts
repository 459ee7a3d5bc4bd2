import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Anchor, Match } from '../../detect/detector.ts';
import { createAnchorFinder } from '../../detect/find-anchors.ts';
import { settleMatches } from '../../detect/settle-matches.ts';
import { buildAnchorTable } from '../../detect/build-anchor-table.ts';
import { createRandom } from './build-test-bytes.ts';
import { createDetectorMatcher } from './detector-matcher.ts';
import { createKernel, findKernelModule, type Kernel, type KernelModule } from './kernel.ts';
import type { Matcher } from './matcher.ts';
import { collectMatches, countSearchBytes, ObjectSearch, type Hit } from './object-search.ts';

let module: KernelModule;
before(() => {
  const found = findKernelModule();
  assert.ok(found, 'the kernel is not built: run "node scripts/build-kernel.mjs"');
  module = found;
});

const plain = { fold: false, scope: 'line', before: 4, after: 40, needsOperator: false, atBoundary: false } as const;

/** Anchors of every kind: nested, overlapping, of three bytes, across lines, with wide windows. */
const anchors: readonly Anchor[] = [
  { ...plain, text: 'key' },
  { ...plain, text: 'apikey', fold: true, before: 30, after: 90, needsOperator: true },
  { ...plain, text: 'Token', atBoundary: true, after: 12 },
  { ...plain, text: 'aaa', before: 10 },
  { ...plain, text: 'aaaa', scope: 'far', before: 0, after: 70 },
  { ...plain, text: 'aaaaaaaaaaaa', scope: 'far', before: 50, after: 12 },
  { ...plain, text: '-----begin', fold: true, scope: 'far', before: 4, after: 300 },
  { ...plain, text: 'pass', scope: 'far', before: 60, after: 200, needsOperator: true, atBoundary: true },
  { ...plain, text: 'wide', before: 700, after: 2000 },
  { ...plain, text: 'ab', after: 5 },
  { ...plain, text: 'bab', before: 9, after: 9 },
].filter(({ text }) => text.length >= 3) as Anchor[];

/** Matches at every anchor, with all that an answer may depend on as the secret: any wrongly handed down answer shows. */
function createWindowMatcher(): Matcher {
  return {
    anchors,
    verify(content, at, anchorIndex, matches) {
      const { scope, before, after } = anchors[anchorIndex]!;
      let from = Math.max(0, at - before);
      let to = Math.min(content.length, at + after);
      let isCut = at + after < content.length;
      if (scope === 'line') {
        from = Math.max(from, content.lastIndexOf(0x0a, at - 1) + 1);
        const lineEnd = content.indexOf(0x0a, at);
        if (at === 0) from = 0;
        if (lineEnd !== -1 && lineEnd < to) [to, isCut] = [lineEnd, false];
      }
      // As real expressions do, some windows hold nothing.
      const secret = content.toString('latin1', from, to);
      if (secret.includes('none')) return;
      matches.push({
        ruleIndex: anchorIndex,
        start: from,
        end: to,
        secretStart: at,
        secretEnd: at + 1,
        secret,
        encodings: isCut ? ['cut'] : [],
      });
    },
    getAnchorTable: () => buildAnchorTable(anchors),
    settle: settleMatches,
    isWrapped: () => false,
    scan: () => [],
  };
}

class TestMemory {
  readonly kernel: Kernel;
  readonly search: ObjectSearch;
  readonly contents: number;

  constructor(matcher: Matcher, bytes: number) {
    const table = matcher.getAnchorTable();
    this.kernel = createKernel(module, countSearchBytes(table) + (1 << 20) + 2 * bytes);
    const address = (this.kernel.memoryStart + 63) & ~63;
    this.search = new ObjectSearch(this.kernel, matcher, table, address);
    this.contents = address + countSearchBytes(table) + 512;
  }

  /** Noise around, as other contents leave it. */
  place(content: Buffer): number {
    this.kernel.memory.fill('apikey="aaaa', this.contents, this.contents + content.length + 1024);
    content.copy(this.kernel.memory, this.contents + 512);
    return this.contents + 512;
  }
}

const words = ['key', 'apikey', 'ApiKey = "x', 'Token', 'aaa', 'aaaaaa', 'aaaaaaaaaaaaaaaa', '-----BEGIN', 'pass', 'wide', 'bab', 'none'];
const glue = [' ', ' ', '\n', '\n', '=', ': "', '\t', '\\n', '%0a', 'z', '_', 'x'.repeat(50), '.'.repeat(700), '\r\n', '("', ' = '];

/** What more than one byte decides on: colours, escapes, arrows. */
const befores = ['', '', '\x1b[31m', '\x1b[0;31m', '\x1b[00;31;4m', '[31m', 'x1m', '\\n', '%3D', '\\m'];
const afters = ['', '', '', '<-', '< ', '%3D', '%3d', '%3', '{ "', '{ x', '@"', '** x: '];

function buildText(size: number, random: () => number): string {
  let text = '';
  while (text.length < size) {
    const list = random() < 0.4 ? words : glue;
    text += list[Math.floor(random() ** 1.5 * list.length)];
  }
  return text.slice(0, size);
}

function buildPunctuation(random: () => number): string {
  const codes = Array.from({ length: Math.floor(random() * 4) }, () => 32 + Math.floor(random() * 95));
  return String.fromCharCode(...codes);
}

test('the kernel finds the anchors that the detector finds, in whole contents and in parts of them', async () => {
  const random = createRandom(1);
  const detector = await createDetectorMatcher({});
  for (const matcher of [createWindowMatcher(), detector]) {
    const memory = new TestMemory({ ...matcher, verify: noteAnchor }, 1 << 17);
    const finder = createAnchorFinder(matcher.getAnchorTable());
    const own = [...matcher.anchors]
      .filter(({ needsOperator, atBoundary }, i) => needsOperator || atBoundary || i % 7 === 0)
      .map(({ text }) => text);
    for (let round = 0; round < 60; round++) {
      // What follows decides on assignments: all of ASCII is tried.
      const parts = Array.from({ length: 60 }, () => {
        const anchor = own[Math.floor(random() * own.length)]!;
        const [before, after] = [befores, afters].map((list) => list[Math.floor(random() * list.length)]!);
        return `${buildText(20, random)}${before}${anchor}${after}${buildPunctuation(random)}${words[0]}${buildPunctuation(random)}"`;
      });
      const content = Buffer.from(round % 3 === 0 ? parts.join('').toUpperCase() : parts.join(''), 'latin1');
      const count = finder.find(content, 0, content.length);
      const expected = Array.from({ length: count }, (_, i) => `${finder.hits[2 * i]} ${finder.hits[2 * i + 1]}`);

      const hits = memory.search.search(memory.place(content), content.length) ?? [];

      const found = hits.flatMap(({ matches }) => matches.map(({ start, ruleIndex }) => `${start} ${ruleIndex}`));
      assert.deepEqual(found.sort(), expected.sort());
    }
  }
});

function noteAnchor(_: Buffer, at: number, anchorIndex: number, matches: Match[]): void {
  matches.push({ ruleIndex: anchorIndex, start: at, end: at, secretStart: at, secretEnd: at, secret: '', encodings: [] });
}

test('a hit buffer that is too small for a block is filled again and again', () => {
  const matcher = { ...createWindowMatcher(), verify: noteAnchor };
  const memory = new TestMemory(matcher, 1 << 18);
  const content = Buffer.alloc(1 << 17, 'a');

  const hits = memory.search.search(memory.place(content), content.length)!;

  // Three anchors begin at nearly every byte: far more hits than the buffer holds.
  assert.equal(hits.length, 3 * content.length - 2 - 3 - 11);
  assert.equal(new Set(hits.map(({ at, anchorIndex }) => `${at} ${anchorIndex}`)).size, hits.length);
});

test('what a delta leaves untouched is handed down exactly: each version has what a search of all of it finds', () => {
  const matcher = createWindowMatcher();
  const memory = new TestMemory(matcher, 1 << 16);
  const random = createRandom(2);
  let carried = 0;
  for (let history = 0; history < 150; history++) {
    let base: Buffer = Buffer.from(buildText(Math.floor(random() * 6000), random), 'latin1');
    let baseHits: Hit[] | undefined = memory.search.search(memory.place(base), base.length);
    for (let version = 0; version < 12; version++) {
      const { content, runs } = editContent(base, random);
      const address = memory.place(content);
      new Uint32Array(memory.kernel.memory.buffer, memory.search.runs, runs.length).set(runs);

      const changed = memory.search.searchChanged(address, content.length, runs.length / 3, base.length, baseHits);

      carried += changed?.filter(({ movedBy }) => movedBy !== 0).length ?? 0;
      const whole = memory.search.search(address, content.length);
      assert.deepEqual(
        collectMatches(changed ?? [], matcher),
        collectMatches(whole ?? [], matcher),
        `history ${history}, version ${version}`,
      );
      assert.deepEqual(
        changed?.map(({ at, anchorIndex }) => [at, anchorIndex]),
        whole?.map(({ at, anchorIndex }) => [at, anchorIndex]),
      );
      [base, baseHits] = [content, changed];
    }
  }
  assert.ok(carried > 1000, 'hardly anything was handed down: the test shows little');
});

/** A few cuts, insertions, moves and repetitions, as the runs of a delta that git might make. */
function editContent(base: Buffer, random: () => number): { content: Buffer; runs: number[] } {
  const parts: Buffer[] = [];
  const runs: number[] = [];
  let size = 0;
  let from = 0;
  const copy = (start: number, end: number): void => {
    if (end <= start) return;
    const last = runs.length - 3;
    const [lastStart = 0, lastFrom = 0, lastSize = 0] = runs.slice(-3);
    // As the kernel does, copies that meet in both are one run.
    const isContinued = last >= 0 && lastStart + lastSize === size && lastFrom + lastSize === start;
    if (isContinued) runs[last + 2] = lastSize + end - start;
    else runs.push(size, start, end - start);
    parts.push(base.subarray(start, end));
    size += end - start;
  };
  for (let edits = Math.floor(random() * 4); edits >= 0; edits--) {
    const at = from + Math.floor(random() * (base.length - from + 1));
    copy(from, at);
    from = random() < 0.5 ? at : Math.min(base.length, at + Math.floor(random() ** 3 * 300));
    const kind = random();
    if (kind < 0.6) {
      const inserted = Buffer.from(buildText(1 + Math.floor(random() ** 3 * 200), random), 'latin1');
      parts.push(inserted);
      size += inserted.length;
    } else if (kind < 0.7) {
      const start = Math.floor(random() * base.length);
      copy(start, Math.min(base.length, start + Math.floor(random() * 400)));
    }
  }
  if (random() < 0.9) copy(from, base.length);
  return { content: Buffer.concat(parts), runs };
}
