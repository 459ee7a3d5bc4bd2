import type { Artifact } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { createRelease } from './create-release.ts';
import { DeploymentError } from './deployment-error.ts';
import type { DeploymentRow } from './deployment-queries.ts';
import { openCovered, openReleaseEnv } from './env-values.ts';
import { findTooMany } from './find-excess.ts';
import type { ReleaseEvidence } from './release-evidence.ts';
import { findAttestation, findRelease } from './release-queries.ts';
import type { ReleaseRow } from './release-queries.ts';
import { holdToLimits } from './release-spec.ts';
import type { ReleaseSpec } from './release-spec.ts';

/** What was built for a release, as a new one: run in the same way, with the variables that the application has now, within the limits of now. */
export async function renewRelease(
  platform: Platform,
  application: ApplicationRow,
  { id, application_id, from_release_id: fromId }: DeploymentRow,
  context: TaskContext,
): Promise<ReleaseRow> {
  const { keyring, config } = platform;
  return context.fenced(async (tx) => {
    const from = await findRelease(tx, fromId!);
    if (from === undefined || from.removed_at !== null) {
      throw new DeploymentError(
        'RELEASE_GONE',
        `What was built for release ${from?.number ?? ''} is not kept any more. Deploy its commit again.`,
      );
    }
    const { secretNames, variables, covered, configured, changedVariables: _changed, ...run } = from.spec as ReleaseSpec;
    const tooMany = findTooMany(run, application, config);
    if (tooMany !== undefined) throw new DeploymentError('LIMIT_EXCEEDED', tooMany);
    const environment = openReleaseEnv(keyring, from.id, from.sealed_env);
    for (const name of secretNames) delete environment[name];
    return createRelease(
      tx,
      platform,
      { id, application_id },
      {
        gitSha: from.git_sha,
        artifact: from.artifact as Artifact,
        run: holdToLimits(run, config),
        environment: { ...environment, ...(covered !== undefined && openCovered(keyring, from.id, covered)) },
        configured: configured ?? variables.filter((name) => !secretNames.includes(name)),
        evidence: from.evidence as ReleaseEvidence | null,
        attestation: (await findAttestation(tx, from.id)) ?? null,
      },
      ['QUEUED'],
    );
  });
}
