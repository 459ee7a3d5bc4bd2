import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { attestSbom, buildSbom, signImage } from '@deployguard/delivery';
import { judgeEvidence } from './judge-evidence.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const name = 'registry.example/apps/shop';
const digest = `sha256:${'a'.repeat(64)}`;
const component = { type: 'npm', name: 'ms', version: '2.1.3' } as const;
const sbom = buildSbom({ application: 'shop', commit: 'c' }, { components: [component], files: ['package-lock.json'], unread: [] });
const subject = { repository: name, digest };

function evidence(key = privateKey) {
  const { signatures, ...attestation } = attestSbom(subject, sbom, key);
  return { name, digest, image_signature: signImage(subject, key), attestation: { ...attestation, signatures: [...signatures] } };
}

test('a release is verified when its image and its bill of materials are signed by the key', () => {
  assert.deepEqual(judgeEvidence(evidence(), publicKey), { is_verified: true, is_image_signed: true, components: 1 });
  assert.deepEqual(judgeEvidence({ ...evidence(), image_signature: null }, publicKey), {
    is_verified: true,
    is_image_signed: null,
    components: 1,
  });
});

test('it is not when another key signed, one of the two is missing, or they are those of something else', () => {
  const other = { ...evidence(), digest: `sha256:${'b'.repeat(64)}` };

  assert.deepEqual(judgeEvidence(evidence(), stranger.publicKey), { is_verified: false, is_image_signed: false, components: null });
  assert.deepEqual(judgeEvidence(other, publicKey), { is_verified: false, is_image_signed: false, components: null });
  assert.equal(
    judgeEvidence({ ...evidence(), image_signature: evidence(stranger.privateKey).image_signature }, publicKey).is_verified,
    false,
  );
  assert.equal(judgeEvidence({ ...evidence(), attestation: evidence(stranger.privateKey).attestation }, publicKey).is_verified, false);
});
