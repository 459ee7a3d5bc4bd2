import { randomUUIDv7 } from 'node:crypto';
import type { DeploymentStatus } from '@deployguard/contracts';
import type { Artifact } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { Tx } from '../../platform/database/index.ts';
import { lockApplication, updateApplication } from './application-queries.ts';
import { deploymentChangedError } from './deployment-error.ts';
import type { DeploymentRow } from './deployment-queries.ts';
import { listVariables } from './env-queries.ts';
import { listChanged, openVariable, sealCovered, sealReleaseEnv } from './env-values.ts';
import { moveDeployment } from './move-deployment.ts';
import type { ReleaseEvidence } from './release-evidence.ts';
import { findRelease, insertRelease } from './release-queries.ts';
import type { ReleaseRow } from './release-queries.ts';
import type { ReleaseSpec, RunSpec } from './release-spec.ts';

/** What a release consists of, but for the variables of its application. */
export interface ReleaseParts {
  readonly gitSha: string;
  readonly artifact: Artifact;
  readonly run: RunSpec;
  /** What it is started with where no variable of the application has the name. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names in it that people gave: in the configuration. */
  readonly configured: readonly string[];
  readonly evidence: ReleaseEvidence | null;
  /** Packed. */
  readonly attestation: Buffer | null;
}

/** Writes down the release of a deployment, with the variables that the application has now, and goes on to its start. */
export async function createRelease(
  tx: Tx,
  { keyring }: Pick<Platform, 'keyring'>,
  deployment: Pick<DeploymentRow, 'id' | 'application_id'>,
  parts: ReleaseParts,
  from: readonly DeploymentStatus[],
): Promise<ReleaseRow> {
  const id = randomUUIDv7();
  const applicationId = deployment.application_id;
  const application = await lockApplication(tx, { id: applicationId });
  if (application === undefined) throw deploymentChangedError();
  const own = await listVariables(tx, applicationId);
  const secrets = Object.fromEntries(
    own.map(({ name, sealed_value: sealed }) => [name, openVariable(keyring, applicationId, name, sealed)]),
  );
  const { environment, configured, run } = parts;
  const given = { ...pick(environment, configured), ...secrets };
  const before = application.current_release_id === null ? undefined : await findRelease(tx, application.current_release_id);
  const covered = pick(environment, Object.keys(secrets));
  const spec: ReleaseSpec = {
    ...run,
    secretNames: Object.keys(secrets),
    variables: Object.keys(given).sort(),
    configured,
    ...(Object.keys(covered).length > 0 && { covered: sealCovered(keyring, id, covered) }),
    changedVariables: before === undefined ? [] : listChanged(keyring, before, (before.spec as ReleaseSpec).variables, given),
  };
  const number = application.last_release_number + 1;
  await updateApplication(tx, applicationId, { last_release_number: number });
  const release = await insertRelease(tx, {
    id,
    application_id: applicationId,
    deployment_id: deployment.id,
    number,
    git_sha: parts.gitSha,
    artifact: JSON.stringify(parts.artifact),
    spec: JSON.stringify(spec),
    sealed_env: sealReleaseEnv(keyring, id, { ...environment, ...secrets }),
    evidence: parts.evidence && JSON.stringify(parts.evidence),
    attestation: parts.attestation,
  });
  await moveDeployment(tx, deployment.id, { from, to: 'PROVISIONING', change: { release_id: id } });
  return release;
}

function pick(values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]!]));
}
