import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinTexts } from './join-texts.ts';

test('texts that are there are joined, each once', () => {
  assert.equal(joinTexts('a', undefined, 'b', '', 'a'), 'a\n\nb');
  assert.equal(joinTexts(undefined, ''), undefined);
});

test('P12 an entry of very many texts is joined at once', () => {
  const start = process.cpuUsage();

  joinTexts(...Array.from({ length: 60_000 }, (_, index) => `Modules that are listed ${index}`));

  const { user } = process.cpuUsage(start);
  assert.ok(user < 2_000_000, `${user / 1e6} s of processor time`);
});
