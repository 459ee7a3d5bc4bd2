import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { describeService } from '../../test/documented-operations.ts';
import type { DocumentedOperation } from '../../test/documented-operations.ts';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';

// Every operation of the OpenAPI document, asked as people do who take the form of a request lightly.

const limit = { timeout: 120_000 };
let service: TestApp;
let alice: Record<string, string>;

before(async () => {
  service = await openTestApp();
  alice = await service.asUser('alice');
});
after(() => service.close());

const numbers = ['0x10', '0b1', '0o7', '1_0', '+1', '01', ' 1', '1 ', 'true', 'null', 'NaN', 'Infinity', '١', '1,0', '', '[1]', '"1"'];
const wrong: Readonly<Record<string, readonly string[]>> = {
  integer: [...numbers, '1e1', '1.0', '-0', '1.5'],
  number: [...numbers, '.5', '1.'],
  boolean: ['1', '0', 'TRUE', 'False', 'yes', 'on', '', 'null', ' true'],
};
const right: Readonly<Record<string, readonly string[]>> = {
  integer: ['1', '10'],
  number: ['0', '1', '0.5', '5e-1'],
  boolean: ['true', 'false'],
};

test('in a query, numbers and truth values stand as JSON writes them, and what some programs take for them is refused', limit, async () => {
  const parameters = describeService(service).operations.flatMap((operation) =>
    operation.parameters
      .filter((parameter) => parameter.in === 'query' && String(parameter.schema.type) in wrong)
      .map(({ name, schema }) => ({ operation, name, type: String(schema.type) })),
  );

  for (const { operation, name, type } of parameters) {
    // Forms are looked at before things are looked for.
    const address = operation.path.replaceAll(/\{[^}]+\}/g, randomUUID());
    const askFor = async (value: string): Promise<number> => ask(operation, `${address}?${new URLSearchParams({ [name]: value })}`);
    const refused = await Promise.all(wrong[type]!.map(askFor));
    const taken = await Promise.all(right[type]!.map(askFor));

    assert.deepEqual(
      wrong[type]!.filter((_, index) => refused[index] !== 422),
      [],
      `${operation.operationId} ${name}`,
    );
    assert.ok(!taken.includes(422), `${operation.operationId} ${name}`);
  }
  for (const type of Object.keys(wrong))
    assert.ok(
      parameters.some((parameter) => parameter.type === type),
      type,
    );
});

test('an empty body is none, whatever it is called: as `curl -X POST -d ""` sends it', limit, async () => {
  const operations = describeService(service).operations.filter(({ method }) => method !== 'GET');

  for (const operation of operations) {
    const address = operation.path.replaceAll(/\{[^}]+\}/g, randomUUID());
    const headers = { ...alice, 'content-type': 'application/x-www-form-urlencoded' };
    const { status } = await fetch(service.url + address, { method: operation.method, headers, body: '' });

    assert.notEqual(status, 415, operation.operationId);
  }
});

async function ask({ method }: DocumentedOperation, address: string): Promise<number> {
  const answer = await fetch(service.url + address, { method, headers: alice });
  await answer.arrayBuffer();
  return answer.status;
}
