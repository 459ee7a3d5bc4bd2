import { join } from 'node:path';
import { createCheckedFetch, createEgressPolicy } from '@deployguard/egress';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { Platform } from '../src/feature.ts';
import { loadConfig } from '../src/platform/config/index.ts';
import type { Database } from '../src/platform/database/index.ts';
import { openEventHub } from '../src/platform/events/index.ts';
import { loadKeyring } from '../src/platform/keyring/index.ts';
import { openDoorbell } from '../src/platform/queue/index.ts';
import { openStorage } from '../src/platform/storage/index.ts';
import { createLogger, createMetrics } from '../src/platform/telemetry/index.ts';

export interface TestPlatform {
  readonly platform: Platform;
  /** What checks the links to its files. */
  readonly downloadKey: Uint8Array;
  /** Every line that was logged. */
  readonly log: string[];
  /** Closes all but the database. */
  close(): Promise<void>;
}

/** What features are built on, over a database that is there: files in a temporary directory, no broker, the settings that nobody made. */
export async function openTestPlatform(database: Database, environment: Readonly<Record<string, string>> = {}): Promise<TestPlatform> {
  const directory = createTemporaryDirectory();
  const { config } = loadConfig({
    environment: { DEPLOYGUARD_DATA_DIRECTORY: directory.path, ...environment },
    workingDirectory: directory.path,
  });
  const log: string[] = [];
  const keyring = await loadKeyring({ file: join(config.dataDirectory, 'keyring.json'), mayCreate: true });
  const downloadKey = keyring.purposeKey('downloads');
  const opened = await openStorage(config.storage, {
    directory: join(config.dataDirectory, 'files'),
    signingKey: downloadKey,
    downloadUrl: '/downloads',
  });
  const doorbell = await openDoorbell(undefined, database);
  const events = await openEventHub(database);
  const policy = createEgressPolicy({ allowHosts: config.egress.allow });
  return {
    platform: {
      config,
      database,
      doorbell,
      storage: opened.storage,
      keyring,
      events,
      egress: { policy, fetch: createCheckedFetch({ policy }), trustedCertificates: [], caFile: undefined },
      credentials: undefined,
      logger: createLogger({ level: 'debug', service: 'test', destination: { write: (line) => void log.push(line) } }),
      metrics: createMetrics(),
    },
    downloadKey,
    log,
    async close() {
      await events.close();
      await doorbell.close();
      await opened[Symbol.asyncDispose]();
      directory.dispose();
    },
  };
}
