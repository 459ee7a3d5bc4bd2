import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { attestSbom, findAttestedSbom, isImageSigned, signImage } from '@deployguard/delivery';
import type { Artifact, Attestation, Sbom } from '@deployguard/delivery';
import type { Keyring } from '../../platform/keyring/index.ts';
import type { BuildDescription } from './describe-build.ts';
import { DeploymentError } from './deployment-error.ts';
import type { ReleaseEvidence } from './release-evidence.ts';

const pack = promisify(gzip);

export interface SignedRelease {
  readonly evidence: ReleaseEvidence;
  /** Packed. */
  readonly attestation: Buffer;
}

/** Vouches for what was built, with the key of the service: for an image as cosign does, and for what it is made of. */
export async function signRelease(
  { signingKey }: Pick<Keyring, 'signingKey'>,
  { name, artifact }: { readonly name: string; readonly artifact: Artifact },
  { sbomFile, components, scan }: BuildDescription,
): Promise<SignedRelease> {
  const subject = { repository: name, digest: artifact.digest };
  const sbom = JSON.parse(await readFile(sbomFile, 'utf8')) as Sbom;
  return {
    evidence: {
      name,
      components,
      ...(artifact.kind === 'image' && { imageSignature: signImage(subject, signingKey) }),
      scan,
    },
    attestation: await pack(JSON.stringify(attestSbom(subject, sbom, signingKey))),
  };
}

interface ReleaseFacts {
  readonly artifact: unknown;
  readonly evidence: unknown;
}

/** An image that is not the one that was signed is not started. Releases of older versions have no signature. @throws {DeploymentError} SIGNATURE_INVALID */
export function assertSigned({ publicKey }: Pick<Keyring, 'publicKey'>, { artifact, evidence }: ReleaseFacts): void {
  const { kind, digest } = artifact as Artifact;
  if (kind !== 'image' || evidence === null) return;
  const { name, imageSignature } = evidence as ReleaseEvidence;
  if (imageSignature !== undefined && isImageSigned({ repository: name, digest }, imageSignature, [publicKey])) return;
  throw new DeploymentError(
    'SIGNATURE_INVALID',
    'The image of this release is not the one that was signed when it was built. It is not started; deploy its commit again.',
  );
}

export function openAttestation(packed: Buffer): Attestation {
  return JSON.parse(gunzipSync(packed).toString('utf8')) as Attestation;
}

/** The bill of materials of a release, as it was signed. Undefined when it was not, or is another's. */
export function openSbom(
  { publicKey }: Pick<Keyring, 'publicKey'>,
  { artifact, evidence }: ReleaseFacts,
  packed: Buffer,
): Sbom | undefined {
  const subject = { repository: (evidence as ReleaseEvidence).name, digest: (artifact as Artifact).digest };
  return findAttestedSbom(subject, openAttestation(packed), [publicKey]);
}
