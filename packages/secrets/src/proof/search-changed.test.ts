import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken } from '@deployguard/testkit';
import fc from 'fast-check';
import { compareWithBase, widenRegions, type SearchedBase } from './compare-with-base.ts';
import { createContentSearch, type Fragment } from './content-search.ts';

const token = buildToken({ prefix: 'tk', length: 22 });
const password = `pass/"${buildToken({ prefix: 'x', length: 8 })}`;
const search = createContentSearch([token, password]);

type Piece = { readonly from: number; readonly length: number } | { readonly text: string };

/** Puts an object together from parts of its base and new text; runs as a delta would tell them. */
function derive(base: Buffer, pieces: readonly Piece[]): { content: Buffer; runs: Uint32Array } {
  const parts: Buffer[] = [];
  const runs: number[] = [];
  let length = 0;
  for (const piece of pieces) {
    const part = 'text' in piece ? Buffer.from(piece.text, 'latin1') : base.subarray(piece.from, piece.from + piece.length);
    if ('from' in piece && part.length > 0) runs.push(length, piece.from, part.length);
    parts.push(part);
    length += part.length;
  }
  return { content: Buffer.concat(parts), runs: Uint32Array.from(runs) };
}

const forms = (content: string): string[] => [
  content,
  Buffer.from(content).toString('base64'),
  `${Buffer.from(content).toString('base64').slice(0, 10)}\n  ${Buffer.from(content).toString('base64').slice(10)}`,
  Buffer.from(content, 'utf16le').toString('latin1'),
  Buffer.from(content).toString('hex'),
  encodeURIComponent(content),
];
const tokenForms = [token, password].flatMap(forms);
/** The base holds halves of the forms, which a delta can bring together. */
const halves = tokenForms.flatMap((form) => [form.slice(0, form.length >> 1), form.slice(form.length >> 1)]);
const baseText = halves.flatMap((half) => [half, '.'.repeat(1500), '\n']).join('');

/** What stands in a base in which nothing was found. */
function listFragments(base: Buffer): readonly Fragment[] {
  let fragments: readonly Fragment[] = [];
  assert.deepEqual(
    search.searchFlat(base, (flat) => (fragments = flat.fragments!)),
    [],
  );
  return fragments;
}

function searchDerived(content: Buffer, base: SearchedBase): readonly { readonly value: number; readonly form: string }[] {
  return search.searchChanged(content, compareWithBase(content, base), listFragments(base.content))!.hits;
}

const named = (hits: readonly { readonly value: number; readonly form: string }[]): string[] =>
  hits.map(({ value, form }) => `${value} ${form}`).sort();

test('nothing is missed in what was derived from a content in which nothing was found, over several versions', () => {
  const first = Buffer.from(baseText, 'latin1');
  const edges = halves.flatMap((half) => [baseText.indexOf(half), baseText.indexOf(half) + half.length]);
  const cut = fc.constantFrom(0, first.length, ...edges);
  const piece: fc.Arbitrary<Piece> = fc.oneof(
    fc.tuple(cut, cut).map(([a, b]) => ({ from: Math.min(a, b), length: Math.abs(a - b) })),
    fc.constantFrom(...tokenForms, ...halves, 'x', '\n', '').map((text) => ({ text })),
  );
  let found = 0;
  let carried = 0;
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 8 }), { minLength: 1, maxLength: 4 }), (versions) => {
      let base: Buffer = first;
      let fragments = listFragments(first);
      for (const pieces of versions) {
        const { content, runs } = derive(base, pieces);

        const changed = search.searchChanged(content, compareWithBase(content, { content: base, runs }), fragments)!;

        assert.deepEqual(named(changed.hits), named(search.searchFlat(content)));
        found += changed.hits.length;
        if (changed.hits.length > 0) return;
        let whole: readonly Fragment[] = [];
        search.searchFlat(content, (flat) => (whole = flat.fragments!));
        const places = (list: readonly Fragment[]): string[] => list.map(({ needle, at }) => `${needle} ${at}`).sort();
        assert.deepEqual(places(changed.fragments!), places(whole));
        carried += whole.length;
        [base, fragments] = [content, changed.fragments!];
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(found > 100 && carried > 100, `${found} found, ${carried} fragments: the test shows little`);
});

test('a part that is said to be copied and is not is looked at', () => {
  const base = Buffer.alloc(5000, 'harmless ');
  const content = Buffer.from(base);
  content.write(token, 2500, 'latin1');

  for (const runs of [[0, 0, 5000], [0, 0, 9000, 3, 4, 5], []])
    assert.equal(searchDerived(content, { content: base, runs: Uint32Array.from(runs) }).length, 1);
});

test('fragments beyond number are not moved along', () => {
  const half = halves.find((text) => listFragments(Buffer.from(text, 'latin1')).length > 0)!;
  const base = Buffer.from(`${half}\n`, 'latin1');
  const { content, runs } = derive(
    base,
    Array.from({ length: 1500 }, () => ({ from: 0, length: base.length })),
  );
  let fragments: readonly Fragment[] | undefined = [];

  const changed = search.searchChanged(content, compareWithBase(content, { content: base, runs }), listFragments(base));
  search.searchFlat(content, (flat) => (fragments = flat.fragments));

  assert.deepEqual([changed, fragments], [undefined, undefined]);
});

test('regions are what changed and what stands around it', () => {
  const base = Buffer.from('0123456789'.repeat(10));
  const list = (content: string, ...runs: number[]): unknown =>
    widenRegions(compareWithBase(Buffer.from(content), { content: base, runs: Uint32Array.from(runs) }).gaps, 5, content.length);

  assert.deepEqual(list(base.toString(), 0, 0, 100), []);
  assert.deepEqual(list(`${base.toString()}!`, 0, 0, 100), [{ start: 95, end: 101 }]);
  assert.deepEqual(list(base.toString().slice(10), 0, 10, 90), [{ start: 0, end: 5 }]);
  assert.deepEqual(list(base.toString().slice(0, 90), 0, 0, 90), [{ start: 85, end: 90 }]);
  assert.deepEqual(list('0123456789'.repeat(9), 0, 0, 50, 50, 60, 40), [{ start: 45, end: 55 }]);
});
