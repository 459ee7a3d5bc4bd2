import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { Proof } from './proof.ts';
import { signProof, verifyProof } from './sign-proof.ts';
import {
  createSigningKey,
  fingerprintOf,
  loadOrCreateSigningKey,
  parsePublicKey,
  parseSigningKey,
  toPrivatePem,
  toPublicPem,
} from './signing-key.ts';

const tally = { count: 1, bytes: 1 };
const proof: Proof = {
  format: 'deployguard-proof/1',
  tool: { name: 'deployguard', version: '0.0.0' },
  createdAt: '2026-11-20T12:00:00.000Z',
  repository: { name: 'example/app', objectFormat: 'sha1', refCount: 1, refsDigest: 'a'.repeat(64), head: 'refs/heads/main' },
  verdict: 'proven',
  coverage: 'every-object',
  checks: [{ name: 'connected', passed: true, details: 'ü' }],
  searched: {
    objects: { commit: tally, tree: tally, blob: tally, tag: tally },
    files: tally,
    forms: ['plain'],
    opened: ['gzip'],
    values: [],
  },
  found: { count: 0, places: [] },
  limitations: { unopenedCount: 0, unopened: [], unreachableCount: 0, notCleanable: [], lfsObjects: [] },
};

test('a signed proof is verified by its public key and comes back as it was', () => {
  const key = createSigningKey();

  const envelope = signProof(proof, key);

  assert.deepEqual(verifyProof(JSON.parse(JSON.stringify(envelope)), [createSigningKey().publicKey, key.publicKey]), proof);
});

test('the signature is over what DSSE prescribes, and the payload is an in-toto statement', () => {
  const key = createSigningKey();

  const { payload, payloadType, signatures } = signProof(proof, key);

  // Written out from the protocol: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
  const body = Buffer.from(payload, 'base64');
  const message = Buffer.concat([Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${body.length} `), body]);
  assert.equal(payloadType, 'application/vnd.in-toto+json');
  assert.ok(verify(null, message, key.publicKey, Buffer.from(signatures[0]!.sig, 'base64')));
  const statement = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  assert.equal(statement['_type'], 'https://in-toto.io/Statement/v1');
  assert.deepEqual(statement['subject'], [{ name: 'example/app#refs', digest: { sha256: 'a'.repeat(64) } }]);
});

test('a proof changed in any byte is refused', () => {
  const key = createSigningKey();
  const envelope = signProof(proof, key);
  const payload = Buffer.from(envelope.payload, 'base64');

  for (let at = 0; at < payload.length; at += 7) {
    const changed = Buffer.from(payload);
    changed[at]! ^= 1;
    assert.throws(() => verifyProof({ ...envelope, payload: changed.toString('base64') }, [key.publicKey]), { code: 'SIGNATURE_INVALID' });
  }
});

test('a proof by another key, with another signature, or without trusted keys is refused', () => {
  const key = createSigningKey();
  const envelope = signProof(proof, key);
  const stranger = createSigningKey();
  const forged = signProof(proof, stranger);

  assert.throws(() => verifyProof(envelope, []), { code: 'SIGNATURE_INVALID' });
  assert.throws(() => verifyProof(envelope, [stranger.publicKey]), { code: 'SIGNATURE_INVALID' });
  // The key id names the trusted key; the signature is the stranger's.
  const claimed = { ...forged, signatures: [{ keyid: key.fingerprint, sig: forged.signatures[0]!.sig }] };
  assert.throws(() => verifyProof(claimed, [key.publicKey]), { code: 'SIGNATURE_INVALID' });
  const swapped = { ...envelope, payload: signProof({ ...proof, verdict: 'failed' }, stranger).payload };
  assert.throws(() => verifyProof(swapped, [key.publicKey]), { code: 'SIGNATURE_INVALID' });
});

test('a key of another kind is not trusted', () => {
  const envelope = signProof(proof, createSigningKey());
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  assert.throws(() => verifyProof(envelope, [publicKey]), { code: 'SIGNATURE_INVALID' });
});

test('what is no envelope is refused with a reason', () => {
  const key = createSigningKey();
  const envelope = signProof(proof, key);
  const bad: unknown[] = [
    undefined,
    null,
    'text',
    [],
    {},
    { ...envelope, payloadType: 'application/json' },
    { ...envelope, payload: 7 },
    { ...envelope, payload: `${envelope.payload}!` },
    { ...envelope, signatures: [] },
    { ...envelope, signatures: Array(17).fill(envelope.signatures[0]) },
    { ...envelope, signatures: [null] },
    { ...envelope, signatures: [{ sig: '' }] },
  ];
  for (const value of bad) {
    assert.throws(
      () => verifyProof(value, [key.publicKey]),
      (error: { code?: string }) => error.code === 'ENVELOPE_UNREADABLE' || error.code === 'SIGNATURE_INVALID',
    );
  }
});

test('a statement whose subject is not what its proof is about is refused, signed or not', () => {
  const key = createSigningKey();
  const envelope = signProof({ ...proof, format: 'other' as Proof['format'] }, key);

  assert.throws(() => verifyProof(envelope, [key.publicKey]), { code: 'ENVELOPE_UNREADABLE' });
});

test('a key survives being written as PEM, and its fingerprint with it', () => {
  const key = createSigningKey();

  assert.equal(parseSigningKey(toPrivatePem(key)).fingerprint, key.fingerprint);
  assert.equal(fingerprintOf(parsePublicKey(toPublicPem(key.publicKey))), key.fingerprint);
  assert.match(key.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}=$/);
});

test('unusable keys are refused without repeating them', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const key = createSigningKey();

  for (const pem of ['', 'not a key: hunter2', rsa]) {
    assert.throws(
      () => parseSigningKey(pem),
      (error: Error & { code?: string }) =>
        error.code === 'KEY_UNUSABLE' && !error.message.includes('hunter2') && error.cause === undefined,
    );
  }
  assert.throws(() => parsePublicKey(toPrivatePem(key)), { code: 'KEY_UNUSABLE' });
  assert.throws(() => parsePublicKey(toPublicPem(createPublicKey(privateKey))), { code: 'KEY_UNUSABLE' });
});

test('a key file is made once, for its owner only, and read the next time', async () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'deep', 'proof-key.pem');

  const results = await Promise.all(Array.from({ length: 8 }, async () => await loadOrCreateSigningKey(path)));

  assert.equal(new Set(results.map(({ key }) => key.fingerprint)).size, 1);
  assert.equal(results.filter(({ isNew }) => isNew).length, 1);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(parseSigningKey(readFileSync(path, 'utf8')).fingerprint, results[0]!.key.fingerprint);
});

test('a key file that others can read or that holds no key is refused', async () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'proof-key.pem');
  await loadOrCreateSigningKey(path);
  chmodSync(path, 0o644);
  await assert.rejects(loadOrCreateSigningKey(path), { code: 'KEY_UNUSABLE' });

  writeFileSync(path, 'broken');
  chmodSync(path, 0o600);
  await assert.rejects(loadOrCreateSigningKey(path), { code: 'KEY_UNUSABLE' });
});
