import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProcess } from '@deployguard/process';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { buildSbom } from '../sbom/build-sbom.ts';
import { attestSbom, findAttestedSbom } from './attest-sbom.ts';
import { isImageSigned, signImage } from './sign-image.ts';
import { keyIdOf } from './signature.ts';

const image = { repository: 'registry.example/apps/web', digest: `sha256:${'a'.repeat(64)}` };
const other = { ...image, digest: `sha256:${'b'.repeat(64)}` };
const kinds = {
  ed25519: () => generateKeyPairSync('ed25519'),
  ecdsa: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const sbom = buildSbom({ application: 'web', commit: 'c' }, { components: [], files: [], unread: [] });

for (const [kind, generate] of Object.entries(kinds)) {
  test(`an image signed with ${kind} is that image, signed by that key, and nothing else`, () => {
    const { privateKey, publicKey } = generate();
    const stranger = generate().publicKey;
    const signed = signImage(image, privateKey);

    assert.ok(isImageSigned(image, signed, [stranger, publicKey]));
    assert.ok(!isImageSigned(image, signed, [stranger]));
    assert.ok(!isImageSigned(image, signed, []));
    assert.ok(!isImageSigned(other, signed, [publicKey]));
    assert.ok(!isImageSigned({ ...image, repository: 'registry.example/apps/other' }, signed, [publicKey]));
    assert.ok(!isImageSigned(other, { ...signed, payload: signImage(other, generate().privateKey).payload }, [publicKey]));
    for (const broken of ['', '!', 'AAAA']) assert.ok(!isImageSigned(image, { ...signed, signature: broken }, [publicKey]));
  });

  test(`a bill of materials attested with ${kind} is found for its image alone`, () => {
    const { privateKey, publicKey } = generate();
    const attestation = attestSbom(image, sbom, privateKey);

    assert.deepEqual(findAttestedSbom(image, attestation, [publicKey]), sbom);
    assert.equal(findAttestedSbom(other, attestation, [publicKey]), undefined);
    assert.equal(findAttestedSbom(image, attestation, [generate().publicKey]), undefined);
    assert.equal(findAttestedSbom(image, { ...attestation, payloadType: 'text/plain' }, [publicKey]), undefined);
    assert.equal(findAttestedSbom(image, { ...attestation, payload: attestSbom(other, sbom, privateKey).payload }, [publicKey]), undefined);
    assert.equal(
      attestation.signatures[0]!.keyid,
      createHash('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
    );
    assert.equal(attestation.signatures[0]!.keyid, keyIdOf(publicKey));
  });
}

test('what is signed is what simple signing says, and openssl verifies it', async () => {
  const { privateKey, publicKey } = kinds.ecdsa();
  const { payload, signature } = signImage(image, privateKey);
  using directory = createTemporaryDirectory();
  const place = (name: string): string => join(directory.path, name);
  writeFileSync(place('payload'), Buffer.from(payload, 'base64'));
  writeFileSync(place('signature'), Buffer.from(signature, 'base64'));
  writeFileSync(place('key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));

  const { stdout, exitCode } = await runProcess({
    program: 'openssl',
    args: ['dgst', '-sha256', '-verify', place('key.pem'), '-signature', place('signature'), place('payload')],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });

  assert.deepEqual([exitCode, stdout.toString()], [0, 'Verified OK\n']);
  assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64').toString()), {
    critical: {
      identity: { 'docker-reference': 'registry.example/apps/web' },
      image: { 'docker-manifest-digest': image.digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
});

test('a key of another kind signs nothing, and verifies nothing', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });

  assert.throws(() => signImage(image, privateKey), TypeError);
  assert.ok(!isImageSigned(image, signImage(image, kinds.ed25519().privateKey), [publicKey]));
});
