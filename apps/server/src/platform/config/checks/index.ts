import { ConfigError } from '../config-error.ts';
import type { Config } from '../config-schema.ts';
import { type ConfigSources, type LoadedConfig, readConfig, withoutFaulty } from '../load-config.ts';
import { nameVariables } from '../name-variables.ts';
import { checkBuilds } from './check-builds.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkDatabaseUrls } from './check-database-urls.ts';
import { checkEgress } from './check-egress.ts';
import { checkFolders } from './check-folders.ts';
import { checkJwtIssuers } from './check-jwt-issuers.ts';
import { checkKeyring } from './check-keyring.ts';
import { checkTls } from './check-tls.ts';
import { type Faults, joinFaults, noFaults } from './faults.ts';

/** Which of the settings a process uses: another one may not have their files. */
export interface SettingsInUse {
  readonly isApi: boolean;
  readonly isWorker: boolean;
}

/** What the service would stumble over that settings of the right form name: files, keys, certificates. Nothing is connected to. */
async function findSettingFaults(config: Config, { isApi, isWorker }: SettingsInUse): Promise<Faults> {
  const { problems, warnings } = joinFaults([
    checkDatabaseUrls(config.database),
    ...(await Promise.all([
      checkFolders(config),
      isApi ? checkApiTls(config.http) : noFaults,
      isWorker ? checkRouterTls(config.deployments) : noFaults,
      isApi ? checkJwtIssuers(config.auth) : noFaults,
      isWorker ? checkCredentials(config.auth) : noFaults,
      isWorker ? checkBuilds(config) : noFaults,
      checkEgress(config.egress),
      checkKeyring(config),
    ])),
  ]);
  return { problems: problems.map(nameVariables), warnings: warnings.map(nameVariables) };
}

function checkApiTls({ tlsCertificateFile, tlsKeyFile }: Config['http']): Promise<Faults> {
  return checkTls({ setting: 'http.tlsCertificateFile', file: tlsCertificateFile }, { setting: 'http.tlsKeyFile', file: tlsKeyFile });
}

async function checkRouterTls({ tlsCertificates }: Config['deployments']): Promise<Faults> {
  const checks = tlsCertificates.map(({ certificateFile, keyFile }) =>
    checkTls({ setting: 'deployments.tlsCertificates', file: certificateFile }, { setting: 'deployments.tlsCertificates', file: keyFile }),
  );
  return joinFaults(await Promise.all(checks));
}

/** @throws {ConfigError} with all of them. Returns the warnings. */
export async function assertSettings(config: Config, use: SettingsInUse): Promise<readonly string[]> {
  const { problems, warnings } = await findSettingFaults(config, use);
  if (problems.length > 0) throw new ConfigError(problems);
  return warnings;
}

/**
 * Reads the settings, and looks into everything that they name, as every part of the service would.
 *
 * @throws {ConfigError} with everything that is wrong.
 */
export async function checkConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const { problems, faulty, ...loaded } = readConfig(sources);
  const found = await findSettingFaults(loaded.config, { isApi: true, isWorker: true });
  const all = [...problems, ...withoutFaulty(found.problems, faulty)];
  if (all.length > 0) throw new ConfigError(all);
  return { ...loaded, warnings: [...loaded.warnings, ...found.warnings] };
}
