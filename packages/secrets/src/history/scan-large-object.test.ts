import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken } from '@deployguard/testkit';
import { createDetector } from '../detect/detector.ts';
import { scanLargeObject } from './scan-large-object.ts';

const detector = createDetector();

async function* inChunks(content: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes);
}

test('content of many pieces is scanned as if it were one, wherever pieces begin', async () => {
  const line = Buffer.from(`${'some text of no interest, '.repeat(4)}\n`);
  const content = Buffer.alloc(50_000_000, line);
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${`${buildToken({ prefix: 'MIIE', length: 60 })}\n`.repeat(20)}-----END RSA PRIVATE KEY-----\n`;
  // Around the places where one piece ends and the next begins, and elsewhere.
  for (let at = 1_000; at < content.length - 10_000; at += 97_001) {
    const secret = at % 5 === 0 ? pem : `password = "${buildToken({ prefix: `p${at}`, length: 24 })}"\n`;
    content.write(secret, at, 'latin1');
  }

  const whole = detector.scan(content);
  const pieces = await scanLargeObject(detector, inChunks(content, 65_536));

  assert.ok(whole.length > 400, String(whole.length));
  assert.deepEqual(pieces, whole);
});
