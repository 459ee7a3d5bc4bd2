import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonParcel } from './json-parcel.ts';
import { readParcel } from './json-parcel.ts';
import { holdReport } from './report-bytes.ts';
import { splitJsonEntries } from './split-json-entries.ts';

test('P6 what leads to entries fills parcels as well, so that not much of it is held at a time', async () => {
  const groups = Array.from({ length: 60 }, (_, index) => ({ about: Array.from({ length: 10_000 }, () => ({})), items: [index] }));

  const parcels = await split({ groups }, ['$.groups[].about']);

  assert.ok(
    parcels.every(({ lists }) => lists.length <= 3),
    parcels.map(({ lists }) => lists.length).join(),
  );
  assert.deepEqual(
    parcels.flatMap(({ values }) => values),
    groups.map((_, index) => index),
  );
});

test('entries are told what led to them, however they are put into parcels: of a name that comes twice the first', async () => {
  for (const count of [1, 100, 200]) {
    const items = Array.from({ length: count }, (_, index) => index).join();
    const report = `{"about": "a", "items": [${items}], "about": "b", "items": [${items}]}`;

    const parcels = await split(report, ['$.about']);

    assert.deepEqual([...new Set(parcels.flatMap(({ abouts }) => abouts))], ['a'], `${count}`);
  }
});

test('what a scanner says behind its report is none of it; what a damaged place has cut off is', async () => {
  for (const behind of ['\n+=====+\n 3 packages\n', ';', '\nDone.']) {
    assert.deepEqual((await split(`{"items": [1]}${behind}`, []))[0]?.values, [1], behind);
  }
  for (const behind of [', {"items": [2]}', '}', '\n"items": [2]']) {
    await assert.rejects(split(`{"items": [1]}${behind}`, []), { code: 'REPORT_UNREADABLE' }, behind);
  }
});

test('reports that a log holds one after the other are all read', async () => {
  const values = await split('{"items": [1]}\nInfo: next\n[INFO] {2}\n{ not yet\n{"items": [2]}\nDone\n[{"items": [3]}]\n', []);

  assert.deepEqual(
    values.flatMap((part) => part.values),
    [1, 2],
  );
});

interface Split {
  readonly lists: JsonParcel['lists'];
  readonly values: readonly unknown[];
  readonly abouts: readonly unknown[];
}

async function split(report: object | string, context: readonly string[]): Promise<Split[]> {
  const source = holdReport(Buffer.from(typeof report === 'string' ? report : JSON.stringify(report)));
  const parcels: Split[] = [];
  for await (const parcel of splitJsonEntries(source, { entries: ['$.items[]', '$.groups[].items[]'], context })) {
    const entries = [...readParcel(parcel)];
    parcels.push({
      lists: parcel.lists,
      values: entries.map(({ value }) => value),
      abouts: entries.map(({ parents }) => parents.at(-1)?.['about']),
    });
  }
  return parcels;
}
