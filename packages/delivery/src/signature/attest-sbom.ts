import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Sbom } from '../sbom/build-sbom.ts';
import type { SignedImage } from './sign-image.ts';
import { isSignedBytes, keyIdOf, signBytes } from './signature.ts';

/** A signed document (https://github.com/secure-systems-lab/dsse, version 1.0.2). */
export interface Attestation {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

const payloadType = 'application/vnd.in-toto+json';
const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://cyclonedx.org/bom';

/** Says which bill of materials belongs to an image, as `cosign attest --type cyclonedx` does. */
export function attestSbom({ repository, digest }: SignedImage, sbom: Sbom, privateKey: KeyObject): Attestation {
  const statement = {
    _type: statementType,
    subject: [{ name: repository, digest: { sha256: digest.replace(/^sha256:/, '') } }],
    predicateType,
    predicate: sbom,
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const signature = signBytes(encodePreAuthentication(payload), privateKey);
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(createPublicKey(privateKey)), sig: signature.toString('base64') }],
  };
}

/** The bill of materials that one of the keys attested to this image; `undefined` when none did. */
export function findAttestedSbom({ digest }: SignedImage, attestation: Attestation, publicKeys: readonly KeyObject[]): Sbom | undefined {
  const payload = Buffer.from(attestation.payload, 'base64');
  const message = encodePreAuthentication(payload);
  const isSigned = attestation.signatures.slice(0, 16).some(({ sig }) => isSignedBytes(message, Buffer.from(sig, 'base64'), publicKeys));
  if (attestation.payloadType !== payloadType || !isSigned) return undefined;
  const statement = JSON.parse(payload.toString('utf8')) as {
    _type?: string;
    subject?: { digest?: { sha256?: string } }[];
    predicateType?: string;
    predicate?: Sbom;
  };
  const isOfImage = statement.subject?.some((subject) => `sha256:${subject.digest?.sha256}` === digest) === true;
  return statement._type === statementType && statement.predicateType === predicateType && isOfImage ? statement.predicate : undefined;
}

/** `PAE` of the protocol: type and content with their lengths, so that neither can pass for a part of the other. */
function encodePreAuthentication(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
}
