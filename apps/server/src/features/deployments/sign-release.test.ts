import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildSbom } from '@deployguard/delivery';
import type { Artifact } from '@deployguard/delivery';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { assertSigned, openSbom, signRelease } from './sign-release.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const name = 'registry.example/apps/shop';
const scan = { status: 'skipped', reason: 'none' } as const;
const sbom = buildSbom({ application: 'shop', commit: 'c' }, { components: [], files: [], unread: [] });

async function sign(artifact: Artifact) {
  using directory = createTemporaryDirectory();
  const sbomFile = join(directory.path, 'sbom.json');
  writeFileSync(sbomFile, JSON.stringify(sbom));
  const { privateKey: signingKey, publicKey } = generateKeyPairSync('ed25519');
  return { publicKey, ...(await signRelease({ signingKey }, { name, artifact }, { sbomFile, components: 0, scan })) };
}

test('B7 an image that was exchanged under the name of a release is not started', async () => {
  const artifact = { kind: 'image', reference: `${name}@${digest}`, digest } as const;
  const { publicKey, evidence } = await sign(artifact);
  const isRefused = { code: 'SIGNATURE_INVALID' };

  assertSigned({ publicKey }, { artifact, evidence });
  assert.throws(() => assertSigned({ publicKey }, { artifact: { ...artifact, digest: other }, evidence }), isRefused);
  assert.throws(() => assertSigned({ publicKey }, { artifact, evidence: { ...evidence, name: 'registry.example/apps/evil' } }), isRefused);
  assert.throws(() => assertSigned({ publicKey }, { artifact, evidence: { ...evidence, imageSignature: undefined } }), isRefused);
  const stranger = generateKeyPairSync('ed25519');
  assert.throws(() => assertSigned(stranger, { artifact, evidence }), isRefused);
});

test('releases from before there were signatures are started, and directories, which never leave the machine', async () => {
  const artifact = { kind: 'directory', path: '/somewhere', digest } as const;
  const { publicKey, evidence } = await sign(artifact);

  assertSigned({ publicKey }, { artifact, evidence });
  assertSigned({ publicKey }, { artifact: { kind: 'image', reference: name, digest }, evidence: null });
  assert.equal(evidence.imageSignature, undefined);
});

test('a bill of materials is that of its release alone', async () => {
  const artifact = { kind: 'directory', path: '/somewhere', digest } as const;
  const { publicKey, evidence, attestation } = await sign(artifact);

  assert.deepEqual(openSbom({ publicKey }, { artifact, evidence }, attestation), sbom);
  assert.equal(openSbom({ publicKey }, { artifact: { ...artifact, digest: other }, evidence }, attestation), undefined);
  assert.equal(openSbom(generateKeyPairSync('ed25519'), { artifact, evidence }, attestation), undefined);
});
