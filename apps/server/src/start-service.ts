import { setTimeout as delay } from 'node:timers/promises';
import { startApi } from './api.ts';
import type { Feature, Platform } from './feature.ts';
import { createFeatures } from './features/create-features.ts';
import { forbidCoreDumps } from './forbid-core-dumps.ts';
import { openPlatform } from './open-platform.ts';
import type { OpenedPlatform } from './open-platform.ts';
import { assertSettings } from './platform/config/checks/index.ts';
import type { Config } from './platform/config/index.ts';
import { openMonitor } from './platform/http/index.ts';
import { startOutboxRelay } from './platform/queue/index.ts';
import { endLeases, measureBacklog, measureQueues } from './platform/tasks/index.ts';
import {
  createLogger,
  measureAnnouncements,
  measureBuild,
  measureConnections,
  measureQueueSizes,
  measureStorage,
} from './platform/telemetry/index.ts';
import type { Tracing } from './platform/telemetry/index.ts';
import packageFile from '../package.json' with { type: 'json' };
import { startDuties } from './scheduler.ts';
import { ServiceError, toListenError } from './service-error.ts';
import { startTaskWorker } from './worker.ts';

/** `serve` is the whole service in one process; the others are parts of it that run side by side, any number of each. */
export type ServicePart = 'serve' | 'api' | 'worker' | 'scheduler';

export interface Service {
  /** Where the API listens; undefined when this part does not. */
  readonly url: string | undefined;
  /** Resolves with the reason when the service cannot go on: its private PostgreSQL is gone. Whoever started it stops it, and ends with an error. */
  readonly failed: Promise<Error>;
  /** Takes nothing more, lets what runs come to its end or gives it back, and closes everything: within 25 seconds. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Config;
  /** What may be wrong with the settings, for the log. */
  readonly warnings?: readonly string[];
  /** Default: all. */
  readonly createFeatures?: (platform: Platform) => readonly Feature[];
  /** How long requests and tasks that run may take to end when it stops. Default 16. */
  readonly graceSeconds?: number;
}

/** One of the things that a process runs. */
export interface RunningPart {
  /** What is under way may take so long to end. */
  stop(graceSeconds: number): Promise<void>;
}

// A supervisor kills after 30, or what it was told.
const stopSeconds = 25;

/**
 * Opens the platform and starts a part of the service, or all of it.
 *
 * @throws {ConfigError} CONFIGURATION_INVALID with all settings that name what is not there or does not fit.
 * @throws {ServiceError} CANNOT_LISTEN, and DATABASE_URL_MISSING for a part of a service whose database only one process can have.
 */
export async function startService(part: ServicePart, options: ServiceOptions): Promise<Service> {
  const { config, warnings = [], graceSeconds = 16 } = options;
  if (part !== 'serve' && config.database.url === undefined) throw databaseMissing(part);
  const runs = (each: ServicePart): boolean => part === 'serve' || part === each;
  const found = await assertSettings(config, { isApi: runs('api'), isWorker: runs('worker') });
  const logger = createLogger({ level: config.log.level, service: part });
  for (const warning of [...warnings, ...found]) logger.warn(warning);
  await forbidCoreDumps();

  await using starting = new AsyncDisposableStack();
  const tracing = await openTracing(part, config);
  // Last: what ends is still told.
  starting.defer(() => tracing?.close());
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  const onLost = (error: Error): void => {
    logger.error({ err: error }, 'PostgreSQL could not be started again: the service ends');
    fail(error);
  };
  const platform = { ...measurePlatform(starting.use(await openPlatform(config, { service: part, logger, onLost })), part), tracing };
  const features = (options.createFeatures ?? createFeatures)(platform);
  const { database, doorbell } = platform;
  if (config.database.url === undefined) await endLeases(database);
  const parts: RunningPart[] = [];
  const run = <Part extends RunningPart>(started: Part): Part => {
    parts.push(started);
    return started;
  };
  // Ends before the platform does, and also when a later part does not start.
  starting.defer(async () => {
    // One that does not end well must not keep the others from ending.
    for (const end of await Promise.allSettled(parts.map(({ stop }) => stop(graceSeconds)))) {
      if (end.status === 'rejected') logger.error({ err: end.reason }, 'a part did not end well');
    }
  });

  const onError = (error: unknown): void => logger.warn({ err: error }, 'tasks could not be announced');
  const relay = await startOutboxRelay({ database, doorbell, onError });
  run({ stop: () => relay.stop() });
  if (runs('worker')) run(await startTaskWorker(platform, features));
  if (runs('scheduler')) run(startDuties(platform, features));
  const api = runs('api') ? run(await startApi(platform, features)) : undefined;
  if (api === undefined && config.telemetry.port !== undefined) run(await startMonitor(platform, config.telemetry.port));
  logger.info({ queue: doorbell.name }, 'started');

  const running = starting.move();
  return {
    url: api?.url,
    failed,
    async stop() {
      logger.info('stopping');
      const isLate = await Promise.race([running.disposeAsync().then(() => false), delay(stopSeconds * 1000, true, { ref: false })]);
      if (isLate) logger.warn('not everything could be closed in time');
      else logger.info('stopped');
    },
  };
}

/** The library for it is large: it is loaded when somebody wants traces. */
async function openTracing(
  service: ServicePart,
  { telemetry: { otlpUrl: url, tracePercent: percent } }: Config,
): Promise<Tracing | undefined> {
  if (url === undefined) return undefined;
  const library = await import('./platform/telemetry/open-tracing.ts');
  return library.openTracing({ url, percent, service, version: packageFile.version });
}

/** What every process tells of itself; the API also what is true of all of them together. */
function measurePlatform(platform: OpenedPlatform, part: ServicePart): OpenedPlatform {
  const {
    database,
    metrics: { registry },
    storage,
  } = platform;
  measureBuild(registry, { service: part, version: packageFile.version });
  measureConnections(registry, () => database.countConnections());
  if (part === 'serve' || part === 'api') {
    measureQueueSizes(registry, () => measureQueues(database));
    measureAnnouncements(registry, () => measureBacklog(database));
  }
  return { ...platform, storage: measureStorage(registry, storage) };
}

async function startMonitor({ config: { http }, metrics, logger }: Platform, port: number): Promise<RunningPart> {
  const { host, metricsToken } = http;
  const monitor = await openMonitor({ host, port, registry: metrics.registry, metricsToken }).catch((error: unknown) => {
    throw toListenError(error, { host, port });
  });
  logger.info({ url: monitor.url }, 'monitor listening');
  return { stop: () => monitor.close() };
}

function databaseMissing(part: ServicePart): ServiceError {
  return new ServiceError(
    'DATABASE_URL_MISSING',
    `\`deployguard ${part}\` is a part of a service whose parts share a database: set DATABASE_URL. \`deployguard serve\` runs everything in one process and needs none.`,
  );
}
