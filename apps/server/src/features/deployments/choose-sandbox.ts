import { resolve } from 'node:path';
import { DeliveryError } from '@deployguard/delivery';
import { findSandbox } from '@deployguard/process';
import type { SandboxAnswer } from '@deployguard/process';
import { findHomes, findSearchPath } from '../../platform/config/index.ts';
import type { Config } from '../../platform/config/index.ts';
import { placesOf } from './places.ts';

/**
 * What sandboxes of builds and processes are made of, as the settings want them and this machine can; or why there are none.
 *
 * @throws {DeliveryError} `SANDBOX_UNAVAILABLE` where they are required
 */
export async function chooseSandbox(config: Config): Promise<SandboxAnswer> {
  const { sandbox: wanted, sandboxReadable: shared } = config.deployments;
  if (wanted === 'off') return { problem: 'deployments.sandbox is off.' };
  const answer = await findSandbox({ searchPath: findSearchPath(), shared, hidden: listPrivatePlaces(config) });
  if (answer.ground === undefined && wanted === 'required')
    throw new DeliveryError(
      'SANDBOX_UNAVAILABLE',
      `deployments.sandbox requires a sandbox, and there is none: ${answer.problem} Install bubblewrap, allow it to make user namespaces, or choose auto.`,
    );
  return answer;
}

/** Of the service, wherever its settings put them, with these settings and its home. */
function listPrivatePlaces(config: Config): string[] {
  const { dataDirectory, deployments, worker, keyring, auth, http, builds, files } = config;
  const named = [
    ...findHomes(),
    ...files,
    dataDirectory,
    placesOf(config).base,
    worker.temporaryDirectory,
    keyring.file,
    auth.credentialsFile,
    ...auth.jwtIssuers.map(({ secretFile }) => secretFile),
    http.tlsKeyFile,
    ...deployments.tlsCertificates.map(({ keyFile }) => keyFile),
    builds.npmrcFile,
    builds.pipConfFile,
    builds.cargoConfigFile,
    builds.mavenSettingsFile,
  ];
  return named.filter((path) => path !== undefined).map((path) => resolve(path));
}
