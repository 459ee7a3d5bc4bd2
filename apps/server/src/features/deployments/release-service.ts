import type { BodyOf, Release, ReleaseEvidence, operations } from '@deployguard/contracts';
import type { Artifact } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, notFoundError } from '../../platform/http/index.ts';
import type { Caller } from '../../platform/http/index.ts';
import { lockApplication } from './application-queries.ts';
import { assertFree } from './assert-free.ts';
import { waitWhileBusy } from './busy-error.ts';
import { findAttestation, findRelease, listPresentReleases, updateRelease } from './release-queries.ts';
import { openAttestation, openSbom } from './sign-release.ts';
import { toEvidence, toRelease } from './to-answer.ts';

/** Of one application: each holds its files. */
const maxPinned = 10;

/** What people do with releases. */
export function createReleaseService({ database, keyring }: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => database.asTenant(actor.tenantId, work);
  const whenFree = <T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => waitWhileBusy(() => inTenant(caller, work));

  return {
    async update(caller: Caller, id: string, { is_pinned: isPinned }: BodyOf<(typeof operations)['updateRelease']>): Promise<Release> {
      return whenFree(caller, async (tx) => {
        const found = (await findRelease(tx, id)) ?? fail();
        const application = (await lockApplication(tx, { id: found.application_id })) ?? fail();
        // Its last deployment may be removing the release just now.
        await assertFree(tx, application);
        const present = await listPresentReleases(tx, application.id);
        const release = (await findRelease(tx, id)) ?? fail();
        if (release.removed_at !== null) throw new ApiError('ILLEGAL_STATE', 'This release is not kept any more.');
        if (isPinned && !release.was_good)
          throw new ApiError('ILLEGAL_STATE', 'This release never reached its users: nobody would go back to it.');
        if (isPinned && !release.is_pinned && present.filter((each) => each.is_pinned).length >= maxPinned) {
          throw new ApiError('ILLEGAL_STATE', `${maxPinned} releases are pinned already. Let one of them go first.`);
        }
        await updateRelease(tx, id, { is_pinned: isPinned });
        const details = { release_id: id, application_id: application.id, is_pinned: isPinned };
        await appendAudit(tx, { action: 'release_updated', details, ...auditFieldsOf(caller) });
        return toRelease({ ...release, is_pinned: isPinned }, application.current_release_id);
      });
    },

    /** The bill of materials, after its signature was checked. */
    async getSbom(caller: Caller, id: string): Promise<Record<string, unknown>> {
      const { release, attestation } = await inTenant(caller, (tx) => getAttested(tx, id));
      const sbom = openSbom(keyring, release, attestation);
      if (sbom === undefined)
        throw new ApiError('ILLEGAL_STATE', 'What is kept as the bill of materials of this release is not what was signed.');
      return { ...sbom };
    },

    async getEvidence(caller: Caller, id: string): Promise<ReleaseEvidence> {
      const { release, attestation } = await inTenant(caller, (tx) => getAttested(tx, id));
      return toEvidence(release, release.artifact as Artifact, openAttestation(attestation), keyring);
    },
  };
}

async function getAttested(tx: Tx, id: string) {
  const release = (await findRelease(tx, id)) ?? fail();
  if (release.removed_at !== null) throw new ApiError('ILLEGAL_STATE', 'This release is not kept any more, nor is what it was made of.');
  const attestation = await findAttestation(tx, id);
  if (attestation === undefined || release.evidence === null) {
    throw new ApiError('ILLEGAL_STATE', 'This release was built before bills of materials were kept. Deploy its commit again.');
  }
  return { release, attestation };
}

function fail(): never {
  throw notFoundError('release');
}
