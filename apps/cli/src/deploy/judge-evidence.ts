import type { KeyObject } from 'node:crypto';
import type { ReleaseEvidence } from '@deployguard/contracts';
import { findAttestedSbom, isImageSigned } from '@deployguard/delivery';

export interface EvidenceVerdict {
  readonly is_verified: boolean;
  /** Null where there is no image. */
  readonly is_image_signed: boolean | null;
  /** How many packages the bill of materials names; null when it is not signed. */
  readonly components: number | null;
}

/** Whether all of what belongs to a release was signed with this key, for exactly what the release says it is. */
export function judgeEvidence(
  { name, digest, image_signature: signature, attestation }: Pick<ReleaseEvidence, 'name' | 'digest' | 'image_signature' | 'attestation'>,
  key: KeyObject,
): EvidenceVerdict {
  const subject = { repository: name, digest };
  const isImageFine = signature === null ? null : isImageSigned(subject, signature, [key]);
  const sbom = findAttestedSbom(subject, attestation, [key]);
  return {
    is_verified: isImageFine !== false && sbom !== undefined,
    is_image_signed: isImageFine,
    components: sbom?.components.length ?? null,
  };
}
