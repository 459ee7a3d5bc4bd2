import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putBack } from './put-back.ts';
import { holdReport } from './report-bytes.ts';

test('a list stands where it was taken from, from whatever place it is read', async () => {
  await using whole = await putBack(holdReport(Buffer.from('found = [{"id": 1}]\n')), '$.scan.results');
  const expected = '{"scan":{"results":[{"id": 1}]\n}}';

  assert.equal(whole.byteLength, expected.length);
  for (let position = 0; position <= expected.length + 1; position++) {
    for (let length = 1; length <= expected.length; length++) {
      const target = Buffer.alloc(length);
      const count = await whole.read(target, position);
      assert.equal(target.toString('utf8', 0, count), expected.slice(position, position + length));
    }
  }
});
