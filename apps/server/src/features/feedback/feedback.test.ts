import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';

let service: TestApp;

before(async () => {
  service = await openTestApp();
});
after(() => service.close());

const limit = { timeout: 30_000 };

test('a shape that many call no secret becomes a known one; a single voice does not settle it', limit, async () => {
  const first = await submit('alice', [
    ['sample_[alnum:8]', false],
    ['key_[hex:32]', true],
  ]);
  const early = await listPatterns('alice');
  for (let round = 0; round < 4; round++) await submit('alice', [['sample_[alnum:8]', false]]);
  await submit('alice', [
    ['half_[alnum:4]', false],
    ['half_[alnum:4]', true],
  ]);
  const known = await listPatterns('alice');
  const all = await listPatterns('alice', '?min_confidence=0');

  assert.equal(first.status, 201);
  assert.deepEqual(early, []);
  assert.deepEqual(known, [
    { pattern: 'sample_[alnum:8]', confidence: 5 / 6, sample_count: 5, reason: '5 of 5 reports say that it is no secret' },
  ]);
  assert.deepEqual(
    all.map(({ pattern }) => pattern),
    ['sample_[alnum:8]', 'half_[alnum:4]'],
  );
  assert.deepEqual(await listPatterns('mallory', '?min_confidence=0'), []);
});

test('the same submission under one idempotency key counts once', limit, async () => {
  const headers = { 'idempotency-key': 'once' };

  const answers = [await submit('bob', [['twice_[alnum:8]', false]], headers), await submit('bob', [['twice_[alnum:8]', false]], headers)];
  const [pattern] = await listPatterns('bob', '?min_confidence=0');

  assert.deepEqual(await answers[0]!.json(), await answers[1]!.json());
  assert.equal(pattern?.sample_count, 1);
});

async function submit(
  userId: string,
  items: [pattern: string, isReal: boolean][],
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = {
    client_id: '5f2b8c1d9e3a4f60',
    total_detected: items.length,
    confirmed_secrets: 0,
    false_positives: items.length,
    items: items.map(([pattern, isReal]) => ({ value_hash: '0'.repeat(64), value_pattern: pattern, is_true_positive: isReal })),
  };
  return fetch(`${service.url}/api/v2/feedback`, {
    method: 'POST',
    headers: { ...(await service.asUser(userId)), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function listPatterns(userId: string, query = ''): Promise<{ pattern: string; sample_count: number }[]> {
  const answer = await fetch(`${service.url}/api/v2/false-positive-patterns${query}`, { headers: await service.asUser(userId) });
  return ((await answer.json()) as { patterns: { pattern: string; sample_count: number }[] }).patterns;
}
