import type { Artifact, Release } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { Config } from '../../platform/config/index.ts';
import type { ApplicationRow, ApplicationView } from './application-queries.ts';
import { openReleaseEnv } from './env-values.ts';
import type { ReleaseRow } from './release-queries.ts';
import { toRelease } from './release-spec.ts';
import type { ReleaseSpec } from './release-spec.ts';
import { assertSigned } from './sign-release.ts';
import { hostOf } from './to-answer.ts';

/** The release with its secrets, for the target alone. @throws {DeploymentError} SIGNATURE_INVALID */
export function loadRelease(
  { keyring }: Pick<Platform, 'keyring'>,
  application: Pick<ApplicationRow, 'label' | 'instances' | 'process_instances'>,
  row: ReleaseRow,
): Release {
  assertSigned(keyring, row);
  return toRelease(row.id, application, {
    artifact: row.artifact as Artifact,
    spec: row.spec as ReleaseSpec,
    env: openReleaseEnv(keyring, row.id, row.sealed_env),
  });
}

/** Every host name that leads to an application; its own address comes first. */
export function hostsOf({ label, domains }: Pick<ApplicationView, 'label' | 'domains'>, { deployments: { domain } }: Config): string[] {
  return [hostOf(label, domain), ...domains];
}
