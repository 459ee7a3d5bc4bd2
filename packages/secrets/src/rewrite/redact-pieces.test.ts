import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRedactor } from './redact.ts';
import { redactPieces } from './redact-pieces.ts';

const secret = ['tok', 'en_', 'q7Zebra81Kmv', 'Yw20Lp'].join('');
const redactor = createRedactor([
  { value: secret, replacement: '***REMOVED***' },
  { value: 'aaab', replacement: 'X' },
  { value: 'baXa', replacement: '' },
]);

const wide = Buffer.from(secret, 'utf16le');
const parts = fc.oneof(
  fc.constantFrom(
    Buffer.from(secret),
    Buffer.from(`${secret.slice(0, 10)}\\\n${secret.slice(10)}`),
    Buffer.from(`user:${secret}`).toString('base64'),
    Buffer.from(Buffer.from(`u${secret}`).toString('base64')).toString('base64url'),
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(secret).toString('hex'),
    Buffer.from('aaab'),
    Buffer.from('baaabaaabXa'),
    Buffer.from(`${'QUJD'.repeat(600)}`),
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.nat({ max: 9000 }).map((length) => Buffer.alloc(length, ' .\n\0')),
);

async function* cut(content: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < content.length; i++) {
    const end = at + sizes[i % sizes.length]!;
    yield content.subarray(at, end);
    at = end;
  }
}

test('content that comes in pieces is redacted as it would be as a whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(parts, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 20_000 }),
      async (list, sizes, stepBytes) => {
        const content = Buffer.concat(list.map((part) => Buffer.from(part)));

        const redacted: Buffer[] = [];
        for await (const piece of redactPieces(cut(content, sizes), redactor, stepBytes)) redacted.push(piece);

        assert.deepEqual(Buffer.concat(redacted), redactor.redact(content) ?? content);
      },
    ),
    { numRuns: 150 },
  );
});

test('no more than a few steps are held back, however many values there are', async () => {
  const line = `${'x'.repeat(60)} ${secret}\n`;
  let taken = 0;
  async function* lines(): AsyncGenerator<Buffer> {
    for (; taken < 20_000; taken++) yield Buffer.from(line);
  }
  let given = 0;
  let mostHeld = 0;

  for await (const piece of redactPieces(lines(), redactor, 64 * 1024)) {
    given += piece.length;
    mostHeld = Math.max(mostHeld, taken * (line.length - secret.length + 13) - given);
  }

  assert.equal(given, 20_000 * (line.length - secret.length + 13));
  assert.ok(mostHeld < 256 * 1024, `${mostHeld} bytes`);
});
