import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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

test('a client that says the same of a value again and again is one voice; what it said last counts', limit, async () => {
  const value = hashOf('one value');
  for (let round = 0; round < 5; round++) await submit('carol', [['loud_[alnum:8]', false, value]]);
  const [loud] = await listPatterns('carol', '?min_confidence=0');
  await submit('carol', [['loud_[alnum:8]', true, value]]);
  const [changed] = await listPatterns('carol', '?min_confidence=0');

  assert.equal(loud?.sample_count, 1);
  assert.ok(changed === undefined || changed.confidence === 0);
});

test('counts that do not go together are refused, and nothing of them is kept', limit, async () => {
  const item = (isReal: boolean) => ({ value_hash: hashOf(String(isReal)), value_pattern: 'odd_[alnum:8]', is_true_positive: isReal });
  const counts = { client_id: '5f2b8c1d9e3a4f60', total_detected: 3, confirmed_secrets: 1, false_positives: 1 };
  const bodies = [
    { ...counts, total_detected: 1, items: [] },
    { ...counts, items: [item(true), item(true)] },
    { ...counts, items: [item(false), item(false)] },
  ];

  const answers = await Promise.all(bodies.map((body) => post('dora', body)));

  assert.deepEqual(
    answers.map(({ status }) => status),
    [422, 422, 422],
  );
  assert.equal((await post('dora', { ...counts, items: [item(true), item(false)] })).status, 201);
  assert.equal((await listPatterns('dora', '?min_confidence=0'))[0]?.sample_count, 2);
});

test('the same submission under one idempotency key counts once', limit, async () => {
  const headers = { 'idempotency-key': 'once' };

  const item: [string, boolean, string] = ['twice_[alnum:8]', false, hashOf('twice')];
  const answers = [await submit('bob', [item], headers), await submit('bob', [item], headers)];
  const [pattern] = await listPatterns('bob', '?min_confidence=0');

  assert.deepEqual(await answers[0]!.json(), await answers[1]!.json());
  assert.equal(pattern?.sample_count, 1);
});

let values = 0;

/** Each of a value of its own, unless it is given. */
async function submit(
  userId: string,
  items: [pattern: string, isReal: boolean, valueHash?: string][],
  headers: Record<string, string> = {},
): Promise<Response> {
  const confirmed = items.filter(([, isReal]) => isReal).length;
  const body = {
    client_id: '5f2b8c1d9e3a4f60',
    total_detected: items.length,
    confirmed_secrets: confirmed,
    false_positives: items.length - confirmed,
    items: items.map(([pattern, isReal, hash = hashOf(`value ${values++}`)]) => ({
      value_hash: hash,
      value_pattern: pattern,
      is_true_positive: isReal,
    })),
  };
  return post(userId, body, headers);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function post(userId: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${service.url}/api/v2/feedback`, {
    method: 'POST',
    headers: { ...(await service.asUser(userId)), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function listPatterns(userId: string, query = ''): Promise<{ pattern: string; confidence: number; sample_count: number }[]> {
  const answer = await fetch(`${service.url}/api/v2/false-positive-patterns${query}`, { headers: await service.asUser(userId) });
  return ((await answer.json()) as { patterns: { pattern: string; confidence: number; sample_count: number }[] }).patterns;
}
