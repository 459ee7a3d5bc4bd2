import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCheckedFetch, createEgressPolicy } from '@deployguard/egress';
import type { Egress, Platform } from './feature.ts';
import type { Config } from './platform/config/index.ts';
import { createCredentialsClient, createCredentialsFile } from './platform/credentials/index.ts';
import { openServiceDatabase } from './platform/database/index.ts';
import { openEventHub } from './platform/events/index.ts';
import { loadKeyring } from './platform/keyring/index.ts';
import { openDoorbell } from './platform/queue/index.ts';
import { openStorage } from './platform/storage/index.ts';
import { createMetrics } from './platform/telemetry/index.ts';
import type { Logger } from './platform/telemetry/index.ts';

export interface OpenedPlatform extends Platform, AsyncDisposable {
  /** For threads that connect to the database by themselves. */
  readonly databaseUrl: string;
  /** What checks the links to files in a directory; undefined where another server has the files and checks its own. */
  readonly downloadKey: Uint8Array | undefined;
}

export interface PlatformOptions {
  readonly service: string;
  readonly logger: Logger;
  /** Something without which there is no service is gone, and cannot be brought back. */
  readonly onLost?: (error: Error) => void;
}

/** Where the API serves the files of a directory. */
const downloadPath = '/downloads';

/** Opens all that the service is built on, in the order in which one needs the other; disposing it closes in the reverse one. */
export async function openPlatform(config: Config, { service, logger, onLost = () => {} }: PlatformOptions): Promise<OpenedPlatform> {
  await using opened = new AsyncDisposableStack();
  const onError = (error: unknown): void => logger.warn({ err: error }, 'events could not be read');

  const server = await openServiceDatabase({
    ...config,
    service,
    onConnectionLost: (error) => logger.warn({ err: error }, 'a connection to the database was lost'),
    onServerTrouble: (error) => logger.warn({ err: error }, 'PostgreSQL is started again'),
    onServerLost: onLost,
  });
  opened.defer(() => server.close());
  const { database, upgraded, weakness } = server;
  if (upgraded.length > 0) logger.info({ migrations: upgraded }, 'database upgraded');
  if (weakness !== undefined) logger.warn(weakness);

  const keyring = await openKeyring(config);
  const downloadKey = keyring.purposeKey('downloads');
  const files = await openStorage(config.storage, {
    directory: join(config.dataDirectory, 'files'),
    signingKey: downloadKey,
    // Without a public address a path: clients complete it by the address that they reached.
    downloadUrl: `${config.http.publicUrl?.replace(/(?<!\/)\/+$/, '') ?? ''}${downloadPath}`,
  });
  opened.use(files);
  const doorbell = await openDoorbell(config.broker.url, database);
  opened.defer(() => doorbell.close());
  const events = await openEventHub(database, { onError });
  opened.defer(() => events.close());
  const egress = await openEgress(config, logger);

  const platform: Platform = {
    config,
    database,
    doorbell,
    storage: files.storage,
    keyring,
    events,
    egress,
    credentials: openCredentials(config, egress),
    logger,
    metrics: createMetrics(),
  };
  const closing = opened.move();
  return {
    ...platform,
    databaseUrl: server.url,
    downloadKey: files.isServedByApi ? downloadKey : undefined,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** Keys are made where the data is that they protect; parts of the service on several machines are given theirs. */
function openKeyring({ dataDirectory, database, keyring }: Config): ReturnType<typeof loadKeyring> {
  return loadKeyring({
    file: keyring.file ?? join(dataDirectory, 'keyring.json'),
    mayCreate: database.url === undefined,
    ...(keyring.keys === undefined ? {} : { keys: keyring.keys }),
  });
}

async function openEgress({ egress: { allow, caFile } }: Config, logger: Logger): Promise<Egress> {
  const policy = createEgressPolicy({
    allowHosts: allow,
    onFailure: ({ host, error }) => logger.warn({ host, err: error }, 'a connection was not made'),
  });
  const trustedCertificates = caFile === undefined ? [] : [await readFile(caFile, 'utf8')];
  return { policy, fetch: createCheckedFetch({ policy, trustedCertificates }), trustedCertificates, caFile };
}

function openCredentials({ auth }: Config, { trustedCertificates }: Egress): Platform['credentials'] {
  const { serviceUrl, serviceToken, credentialsFile, credentialsOrigins: usualOrigins } = auth;
  if (credentialsFile !== undefined) return createCredentialsFile(credentialsFile, { usualOrigins });
  if (serviceUrl === undefined) return undefined;
  return createCredentialsClient({
    serviceUrl,
    usualOrigins,
    trustedCertificates,
    ...(serviceToken === undefined ? {} : { serviceToken }),
  });
}
