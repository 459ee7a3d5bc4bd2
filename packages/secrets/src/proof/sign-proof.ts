import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Proof } from './proof.ts';
import { ProofError } from './proof-error.ts';
import { fingerprintOf } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

/** A signed document as tools for software supply chains exchange it (https://github.com/secure-systems-lab/dsse, version 1.0.2). */
export interface DsseEnvelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The in-toto statement (https://in-toto.io/Statement/v1) inside the envelope. Its subject is the refs' digest. */
export interface ProofStatement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: 'urn:deployguard:proof:v1';
  readonly predicate: Proof;
}

const payloadType = 'application/vnd.in-toto+json';
const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'urn:deployguard:proof:v1';

/** Wraps a proof into a statement about the repository's refs and signs it. */
export function signProof(proof: Proof, key: SigningKey): DsseEnvelope {
  const statement: ProofStatement = {
    _type: statementType,
    subject: [{ name: `${proof.repository.name}#refs`, digest: { sha256: proof.repository.refsDigest } }],
    predicateType,
    predicate: proof,
  };
  const payload = Buffer.from(JSON.stringify(statement), 'utf8');
  const signature = sign(null, preAuthenticationEncoding(payloadType, payload), key.privateKey);
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: key.fingerprint, sig: signature.toString('base64') }],
  };
}

/**
 * The proof in an envelope that one of the trusted keys signed. Says nothing about the verdict: look at it.
 *
 * Throws `ProofError`: `ENVELOPE_UNREADABLE`, `SIGNATURE_INVALID`. Only what the signature covers is parsed; key ids are hints and
 * trusted by nobody.
 */
export function verifyProof(envelope: unknown, trustedKeys: readonly KeyObject[]): Proof {
  const { payload, signatures } = readEnvelope(envelope);
  const message = preAuthenticationEncoding(payloadType, payload);
  // Other key types would let `verify` choose another algorithm.
  const keys = trustedKeys.filter((key) => key.type === 'public' && key.asymmetricKeyType === 'ed25519');
  if (!signatures.some((signature) => keys.some((key) => verify(null, message, key, signature)))) {
    const known = keys.map(fingerprintOf).join(', ') || 'none';
    throw new ProofError('SIGNATURE_INVALID', `The proof is not signed by a trusted key (trusted: ${known}), or it was changed since.`);
  }
  return readStatement(payload);
}

/** `PAE` of the DSSE protocol: type and content with their lengths, so that neither can pass for a part of the other. */
function preAuthenticationEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `, 'utf8'), payload]);
}

const maxPayloadBytes = 64 * 1024 * 1024;

function readEnvelope(envelope: unknown): { payload: Buffer; signatures: Buffer[] } {
  if (!isRecord(envelope)) throw unreadable('it is no JSON object');
  if (envelope['payloadType'] !== payloadType) throw unreadable('its payload is of another type');
  const payload = readBase64(envelope['payload']);
  if (payload.length > maxPayloadBytes) throw unreadable('it is too large');
  const listed = envelope['signatures'];
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > 16) throw unreadable('it has no signatures, or too many');
  return { payload, signatures: listed.map((entry: unknown) => readBase64(isRecord(entry) ? entry['sig'] : undefined)) };
}

function readBase64(text: unknown): Buffer {
  if (typeof text !== 'string') throw unreadable('a part of it is missing');
  const bytes = Buffer.from(text, 'base64');
  // Decoders skip what is not base64; two texts for the same bytes must not both pass.
  if (bytes.toString('base64') !== text) throw unreadable('a part of it is not base64');
  return bytes;
}

function readStatement(payload: Buffer): Proof {
  const statement: unknown = JSON.parse(payload.toString('utf8'));
  if (!isRecord(statement) || statement['_type'] !== statementType || statement['predicateType'] !== predicateType) {
    throw unreadable('it holds another kind of statement');
  }
  const proof = statement['predicate'] as Proof;
  const [subject] = (statement as unknown as ProofStatement).subject ?? [];
  if (proof?.format !== 'deployguard-proof/1') throw unreadable('its proof is of a version that is not known here');
  if (subject?.digest?.sha256 !== proof.repository?.refsDigest) throw unreadable('its subject is not what its proof is about');
  return proof;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(why: string): ProofError {
  return new ProofError('ENVELOPE_UNREADABLE', `The proof cannot be read: ${why}.`);
}
