import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';

test('N15 an upload that is refused before its end does not hold up the next request of the connection', { timeout: 120_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const service = await openTestApp({ maxUploadBytes: 2_000_000, maxBodyBytes: 100_000 });
  stack.defer(() => service.close());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  stack.defer(() => agent.destroy());
  const user = await service.asUser('alice');
  const send = async (bytes: number, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const outgoing = request(
      `${service.url}/api/v2/sources`,
      { agent, method: 'POST', headers: { ...user, 'content-type': 'application/x-git-bundle', ...headers } },
      (answer) => void text(answer).then(() => resolve(answer.statusCode!), reject),
    );
    outgoing.on('error', reject);
    outgoing.end(Buffer.alloc(bytes));
    return promise;
  };

  const statuses = [];
  for (const [bytes, headers] of [
    [1_900_000, {}],
    [1_900_000, { 'idempotency-key': 'a' }],
    [1_900_000, { 'idempotency-key': 'a b' }],
    [1_900_000, { origin: 'file://' }],
  ] as const) {
    statuses.push([await send(bytes, headers), await send(3)]);
  }

  assert.deepEqual(statuses, [
    [422, 422],
    [422, 422],
    [400, 422],
    [403, 422],
  ]);
});
