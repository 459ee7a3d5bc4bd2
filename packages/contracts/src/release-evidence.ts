import Type from 'typebox';
import type { Static } from 'typebox';
import { count, entity, nullable, oneOf, uuid } from './schema.ts';
import { findingSeverities } from './words.ts';

const status = oneOf(['done', 'skipped', 'failed'], { description: '`skipped`: no scanner is installed, or none is wanted.' });
const scanner = nullable(oneOf(['trivy', 'grype']));
const reason = nullable(Type.String({ description: 'Why nothing was scanned.' }));
const counts = nullable(
  Type.Object(Object.fromEntries(findingSeverities.map((severity) => [severity, count])), {
    additionalProperties: false,
    description: 'How many vulnerabilities of each severity.',
  }),
);

export const ReleaseScan = entity('ReleaseScan', { status, scanner, reason, counts });

const Vulnerability = entity('ReleaseVulnerability', {
  id: Type.String(),
  title: Type.String(),
  severity: oneOf(findingSeverities),
  package: nullable(Type.String()),
  version: nullable(Type.String()),
  fixed_versions: Type.Array(Type.String()),
});

const base64 = Type.String({ contentEncoding: 'base64' });

export const ReleaseEvidence = entity('ReleaseEvidence', {
  release_id: uuid,
  name: Type.String({ description: 'What the signatures are about: the name of the image, or of the application.' }),
  digest: Type.String(),
  public_key: Type.String({ description: 'SPKI, PEM: what the service signs with, for all releases.' }),
  fingerprint: Type.String(),
  image_signature: nullable(
    entity(
      'ImageSignature',
      { payload: base64, signature: base64 },
      { description: 'As `cosign` makes them, of the payload; null where there is no image.' },
    ),
  ),
  attestation: entity(
    'Attestation',
    {
      payloadType: Type.String(),
      payload: base64,
      signatures: Type.Array(Type.Object({ keyid: Type.String(), sig: base64 }, { additionalProperties: false })),
    },
    { description: 'The signed bill of materials: DSSE, around an in-toto statement with CycloneDX.' },
  ),
  scan: ReleaseScan,
  vulnerabilities: Type.Array(Vulnerability, { description: 'The worst ones first; the 200 worst.' }),
});
export type ReleaseEvidence = Static<typeof ReleaseEvidence>;
