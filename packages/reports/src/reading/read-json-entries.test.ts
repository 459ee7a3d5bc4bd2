import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonEntry } from './json-entry.ts';
import type { JsonLayout } from './json-layout.ts';
import { readJsonEntries } from './read-json-entries.ts';
import { holdReport } from './report-bytes.ts';
import type { ReportBytes } from './report-bytes.ts';

test('items of nested lists come with the members that lead to them, also those behind the list', async () => {
  const report = {
    name: 'r',
    groups: [
      { items: [{ id: 1 }, { id: 2 }], title: 'late' },
      { title: 'early', items: [{ id: 3 }] },
    ],
    version: 7,
  };

  const entries = await read(JSON.stringify(report), {
    entries: ['$.groups[].items[]'],
    context: ['$.name', '$.version', '$.groups[].title'],
  });

  assert.deepEqual(
    entries.map(({ value, parents }) => [value, ...parents.map((parent) => ({ ...parent }))]),
    [
      [{ id: 1 }, { name: 'r', version: 7 }, { title: 'late' }],
      [{ id: 2 }, { name: 'r', version: 7 }, { title: 'late' }],
      [{ id: 3 }, { name: 'r', version: 7 }, { title: 'early' }],
    ],
  );
});

test('members of an object are entries with their names', async () => {
  const entries = await read('{"vulnerabilities": {"a": {"x": 1}, "__proto__": {"x": 2}}, "other": {"b": 3}}', {
    entries: ['$.vulnerabilities{}'],
  });

  assert.deepEqual(
    entries.map(({ key, value }) => [key, value]),
    [
      ['a', { x: 1 }],
      ['__proto__', { x: 2 }],
    ],
  );
});

test('entries below members of any name come with these names', async () => {
  const entries = await read('{"found": {"a": [1, 2], "b": [], "c": {"d": {}}}, "more": {"x": {"y": {"z": 3}}}}', {
    entries: ['$.found{}[]', '$.more{}{}{}'],
  });

  assert.deepEqual(
    entries.map(({ value, keys, key }) => [value, keys, key]),
    [
      [1, ['a'], undefined],
      [2, ['a'], undefined],
      [3, ['x', 'y'], 'z'],
    ],
  );
});

test('what entries need is kept also where any member may hold entries', async () => {
  const entries = await read('{"host": "h", "checks": [1], "more": [2], "port": 7}', { entries: ['${}[]'], context: ['$.host', '$.port'] });

  assert.deepEqual(
    entries.map(({ value, keys, parents }) => [value, keys, { ...parents[0] }]),
    [
      [1, ['checks'], { host: 'h', port: 7 }],
      [2, ['more'], { host: 'h', port: 7 }],
    ],
  );
});

test('JSON that a script gives a name is read like any other', async () => {
  const entries = await read('scoutsuite_results =\n{"a": [1, {"b": "x = {"}]};\n', { entries: ['$.a[]'] });

  assert.deepEqual(
    entries.map(({ value }) => value),
    [1, { b: 'x = {' }],
  );
});

test('several places of one report give entries in the order of the report, each with its path', async () => {
  const entries = await read('{"b": [1, 2], "a": {"inner": [3]}, "b2": null}', { entries: ['$.a.inner[]', '$.b[]', '$.b2[]'] });

  assert.deepEqual(
    entries.map(({ path, value }) => [path, value]),
    [
      ['$.b[]', 1],
      ['$.b[]', 2],
      ['$.a.inner[]', 3],
    ],
  );
});

test('what entries refer to is there for each of them, wherever it stands', async () => {
  const entries = await read('{"use": 1} {"explain": {"id": 1}} {"use": 2, "explain": {"id": 2}}', {
    entries: ['$.use'],
    tables: ['$.explain'],
  });

  assert.deepEqual(
    entries.map(({ value, tables }) => [value, tables?.get('$.explain')]),
    [
      [1, [{ id: 1 }, { id: 2 }]],
      [2, [{ id: 1 }, { id: 2 }]],
    ],
  );
});

test('values one after the other are entries, whatever stands between them', async () => {
  const entries = await read('{"a":1}\n{"a":2}\r\n\n  {"a":\n3} {"a":4}[5]"six" 7', { entries: ['$'] });

  assert.deepEqual(
    entries.map(({ value }) => value),
    [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }, [5], 'six', 7],
  );
});

test('a line that is no JSON is one damaged entry, and the next one is read', async () => {
  const entries = await read('{"a":1}\nINFO started {\n{"a":2}\n{"a": nope}\n{"a":3}\n{"a": "cut', { entries: ['$'] });

  assert.deepEqual(
    entries.filter(({ problem }) => problem === undefined).map(({ value }) => value),
    [{ a: 1 }, { a: 2 }, { a: 3 }],
  );
  assert.ok(entries.some(({ problem }) => problem === 'damaged'));
});

test('one entry that is no JSON harms no other', async () => {
  const entries = await read('{"items": [{"a": 1}, {"a": nope}, {"a": 2}]}', { entries: ['$.items[]'] });

  assert.deepEqual(
    entries.map(({ value, problem }) => value ?? problem),
    [{ a: 1 }, 'damaged', { a: 2 }],
  );
});

test('what breaks off gives the entries before the break, and says where it is', async () => {
  const seen: unknown[] = [];

  await assert.rejects(
    async () => {
      for await (const batch of readJsonEntries(holdReport(Buffer.from('{"items": [{"a": 1}, {"a": 2}, {"a"')), {
        entries: ['$.items[]'],
      })) {
        for (const { value } of batch) seen.push(value);
      }
    },
    { code: 'REPORT_UNREADABLE', message: /byte 35/ },
  );

  assert.deepEqual(seen, [{ a: 1 }, { a: 2 }]);
});

test('structure that is no JSON ends the reading', async () => {
  for (const text of ['{"items" [1]}', '{"items": [1}', '{"items": ]', '{items: [1]}', '{"a": , "items": [1]}', '{"items": [1']) {
    await assert.rejects(read(text, { entries: ['$.items[]'] }), { code: 'REPORT_UNREADABLE' }, text);
  }
});

test('what is nested without end is refused', async () => {
  await assert.rejects(read(`{"items": [${'['.repeat(100_000)}`, { entries: ['$.items[]'] }), { code: 'REPORT_TOO_LARGE' });
});

test('an entry larger than is held is told, and those around it are read', async () => {
  const large = `{"text": "${'x'.repeat(40 << 20)}"}`;

  const entries = await read(`{"items": [1, ${large}, 2]}`, { entries: ['$.items[]'] });

  assert.deepEqual(
    entries.map(({ value, problem }) => problem ?? value),
    [1, 'too-large', 2],
  );
});

test('of thousands of objects that lack what their entries could need, each is not read for by itself', async () => {
  const groups = Array.from({ length: 20_000 }, (_, index) => ({ name: `group ${index}`, items: [index] }));
  const bytes = Buffer.from(JSON.stringify({ groups }));
  const report = holdReport(bytes);
  let read = 0;
  const source: ReportBytes = {
    ...report,
    read: async (target, position) => {
      const count = await report.read(target, position);
      read += count;
      return count;
    },
  };
  let count = 0;

  for await (const batch of readJsonEntries(source, { entries: ['$.groups[].items[]'], context: ['$.groups[].name', '$.groups[].title'] }))
    for (const { value, parents } of batch) {
      assert.deepEqual([value, { ...parents.at(-1) }], [count, { name: `group ${count}` }]);
      count++;
    }

  assert.equal(count, groups.length);
  assert.ok(read < bytes.length * 4, `${read} bytes were read of ${bytes.length}`);
});

test('P6 long texts that many entries refer to are cut: names, members that lead to entries, and tables', async () => {
  const long = 'x'.repeat(100_000);
  const report = { groups: { [long]: { about: { title: long }, items: [1, 2] } }, rules: [{ text: long }] };

  const entries = await read(JSON.stringify(report), {
    entries: ['$.groups{}.items[]'],
    context: ['$.groups{}.about'],
    tables: ['$.rules[]'],
  });

  assert.equal(entries.length, 2);
  const cut = long.slice(0, 32_768);
  for (const { keys, parents, tables } of entries)
    assert.deepEqual([keys, parents.at(-1)!['about'], tables!.get('$.rules[]')], [[cut], { title: cut }, [{ text: cut }]]);
});

test('P6 of a text of megabytes the beginning is read', async () => {
  const [entry] = await read(JSON.stringify({ items: [{ id: 1, texts: ['x'.repeat(3 << 20), 'short'] }] }), { entries: ['$.items[]'] });

  assert.deepEqual(entry!.value, { id: 1, texts: ['x'.repeat(1 << 20), 'short'] });
});

test('P6 large entries come in small batches', async () => {
  const large = 'x'.repeat(600_000);
  const [items, lines] = [Array.from({ length: 10 }, () => large), Array.from({ length: 10 }, () => JSON.stringify(large)).join('\n')];

  for (const [text, layout] of [
    [JSON.stringify({ items }), { entries: ['$.items[]'] }],
    [lines, { entries: ['$'] }],
  ] as const) {
    const sizes: number[] = [];
    for await (const batch of readJsonEntries(holdReport(Buffer.from(text)), layout)) sizes.push([...batch].length);

    assert.ok(
      sizes.every((size) => size <= 2),
      sizes.join(),
    );
    assert.equal(
      sizes.reduce((sum, size) => sum + size),
      10,
    );
  }
});

test('whatever is in a report, and however it is laid out, each entry is what JSON.parse makes of it', async () => {
  const anyJson = fc.jsonValue({ maxDepth: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyJson, fc.array(anyJson))), anyJson, fc.constantFrom(0, 1, 3), async (groups, other, indent) => {
      const report = { groups: groups.map(([context, items]) => ({ items, context })), other };

      const entries = await read(JSON.stringify(report, undefined, indent), {
        entries: ['$.groups[].items[]'],
        context: ['$.other', '$.groups[].context'],
      });

      const expected = report.groups.flatMap(({ items, context }) => items.map((item) => [item, other, context]));
      assert.deepEqual(
        JSON.parse(JSON.stringify(entries.map(({ value, parents: [root, group] }) => [value, root?.['other'], group?.['context']]))),
        JSON.parse(JSON.stringify(expected)),
      );
    }),
    { numRuns: 200 },
  );
});

test('entries that lie across the pieces in which a report is read are whole', async () => {
  const items = Array.from({ length: 30_000 }, (_, index) => ({ index, text: `${'"\\é'.repeat(index % 50)}` }));

  const entries = await read(JSON.stringify({ items, late: 'yes' }), { entries: ['$.items[]'], context: ['$.late'] });

  assert.deepEqual(
    entries.map(({ value }) => value),
    items,
  );
  assert.ok(entries.every(({ parents: [root] }) => root?.['late'] === 'yes'));
});

async function read(text: string, layout: JsonLayout): Promise<JsonEntry[]> {
  const entries: JsonEntry[] = [];
  for await (const batch of readJsonEntries(holdReport(Buffer.from(text)), layout)) entries.push(...batch);
  return entries;
}
