import { createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { createHmac, randomBytes, sign, verify } from 'node:crypto';
import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { loadKeyring, rotateKeyring } from './keyring-file.ts';
import type { Keyring } from './keyring.ts';

test('the file is made once, for oneself alone, and loaded from then on', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'below/keyring.json');

  const made = await loadKeyring({ file, mayCreate: true });
  const loaded = await loadKeyring({ file, mayCreate: false });

  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(directory.path, 'below')), ['keyring.json']);
  assert.equal(loaded.fingerprint, made.fingerprint);
  assert.deepEqual(loaded.tenantKey('t'), made.tenantKey('t'));
});

test('of many that make it at the same time all have the keys of one', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');

  const keyrings = await Promise.all(Array.from({ length: 10 }, async () => await loadKeyring({ file, mayCreate: true })));

  assert.equal(new Set(keyrings.map(({ fingerprint }) => fingerprint)).size, 1);
  assert.deepEqual(readdirSync(directory.path), ['keyring.json']);
});

test('where it may not be made it must be there', async () => {
  using directory = createTemporaryDirectory();

  await assert.rejects(loadKeyring({ file: join(directory.path, 'k'), mayCreate: false }), { code: 'KEYRING_MISSING' });
  assert.deepEqual(readdirSync(directory.path), []);
});

test('a file that others may read, or a link, is refused', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');
  await loadKeyring({ file, mayCreate: true });
  symlinkSync(file, join(directory.path, 'link'));

  for (const mode of [0o640, 0o604, 0o620, 0o601, 0o644]) {
    chmodSync(file, mode);
    await assert.rejects(loadKeyring({ file, mayCreate: true }), { code: 'KEYRING_EXPOSED' }, mode.toString(8));
  }
  chmodSync(file, 0o600);
  await assert.rejects(loadKeyring({ file: join(directory.path, 'link'), mayCreate: true }), { code: 'KEYRING_EXPOSED' });
});

test('what is no keyring is refused, and not quoted', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');
  await loadKeyring({ file, mayCreate: true });
  const good = JSON.parse(readFileSync(file, 'utf8')) as { wrapping: unknown[]; signing: string };
  const planted = randomBytes(30).toString('base64');
  const texts = [
    '',
    `{"version": ${planted}`,
    '[]',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, more: planted }),
    JSON.stringify({ ...good, wrapping: [] }),
    JSON.stringify({ ...good, wrapping: [...good.wrapping, ...good.wrapping] }),
    JSON.stringify({ ...good, derivation: planted }),
    JSON.stringify({ ...good, signing: planted }),
  ];

  for (const text of texts) {
    writeFileSync(file, text);
    const sources = [
      { file, mayCreate: true },
      { file: '/nonexistent', mayCreate: false, keys: text },
    ];
    for (const source of sources) {
      await assert.rejects(loadKeyring(source), (error: Error & { code: string }) => {
        assert.equal(error.code, 'KEYRING_INVALID', text);
        assert.ok(!inspect(error, { depth: 9 }).includes(planted));
        return true;
      });
    }
  }
});

test('the keys themselves can be given in place of a file', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');
  const made = await loadKeyring({ file, mayCreate: true });

  const given = await loadKeyring({ keys: readFileSync(file, 'utf8'), file: '/nonexistent/keyring', mayCreate: false });

  assert.equal(given.fingerprint, made.fingerprint);
});

test('a wrapped key opens for its context alone, and every change of it is found', async () => {
  const keyring = await makeKeyring();
  const dataKey = randomBytes(32);

  const wrapped = keyring.wrapKey(dataKey, 'reports/1');

  assert.deepEqual(keyring.unwrapKey(wrapped, 'reports/1'), dataKey);
  assert.throws(() => keyring.unwrapKey(wrapped, 'reports/2'), { code: 'KEY_REFUSED' });
  const at = wrapped.indexOf('.');
  for (let index = at + 1; index < wrapped.length - 1; index++) {
    const changed = `${wrapped.slice(0, index)}${wrapped[index] === 'A' ? 'B' : 'A'}${wrapped.slice(index + 1)}`;
    assert.throws(() => keyring.unwrapKey(changed, 'reports/1'), { code: 'KEY_REFUSED' });
  }
  for (const text of [wrapped.slice(0, at + 1), wrapped.slice(0, -4)]) {
    assert.throws(() => keyring.unwrapKey(text, 'reports/1'), { code: 'KEY_REFUSED' });
  }
  assert.throws(() => keyring.unwrapKey('', 'reports/1'), { code: 'KEY_UNKNOWN' });
});

test('after a rotation old wrapped keys open, new ones have the new key, and nothing else has changed', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');
  const before = await loadKeyring({ file, mayCreate: true });
  const dataKey = randomBytes(32);
  const old = before.wrapKey(dataKey, 'c');

  await rotateKeyring(file);

  const rotated = await loadKeyring({ file, mayCreate: false });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(rotated.unwrapKey(old, 'c'), dataKey);
  assert.notEqual(rotated.wrapKey(dataKey, 'c').split('.')[0], old.split('.')[0]);
  assert.throws(() => before.unwrapKey(rotated.wrapKey(dataKey, 'c'), 'c'), { code: 'KEY_UNKNOWN' });
  assert.deepEqual(rotated.tenantKey('t'), before.tenantKey('t'));
  assert.equal(rotated.fingerprint, before.fingerprint);
});

test('every tenant and every purpose has a key of its own', async () => {
  const keyring = await makeKeyring();
  const keys = ['a', 'b', 'a"', ''].flatMap((name) => [keyring.tenantKey(name), keyring.purposeKey(name)]);

  assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, keys.length);
  for (const key of keys) assert.equal(key.length, 32);
});

// HKDF by hand (RFC 5869, 2.2 and 2.3), with one block of output.
test('a tenant’s key is HKDF-SHA-256 of the derivation key', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');
  const keyring = await loadKeyring({ file, mayCreate: true });
  const { derivation } = JSON.parse(readFileSync(file, 'utf8')) as { derivation: string };

  const extracted = createHmac('sha256', Buffer.alloc(32)).update(Buffer.from(derivation, 'base64')).digest();
  const expanded = createHmac('sha256', extracted).update('["deployguard",1,"finding ids","tenant-1"]').update(Buffer.of(1)).digest();

  assert.deepEqual(keyring.tenantKey('tenant-1'), expanded);
});

test('what the signing key signs the public key verifies', async () => {
  const { signingKey, publicKey, fingerprint } = await makeKeyring();

  const signature = sign(undefined, Buffer.from('proof'), signingKey);

  assert.equal(verify(undefined, Buffer.from('proof'), publicKey, signature), true);
  assert.equal(verify(undefined, Buffer.from('prooF'), publicKey, signature), false);
  assert.match(fingerprint, /^[0-9a-f]{64}$/);
});

async function makeKeyring(): Promise<Keyring> {
  using directory = createTemporaryDirectory();
  return await loadKeyring({ file: join(directory.path, 'keyring.json'), mayCreate: true });
}
