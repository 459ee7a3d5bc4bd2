import { once } from 'node:events';
import { join } from 'node:path';
import { DeliveryError } from '@deployguard/delivery';
import type { RouterOrder } from '@deployguard/delivery';
import type { Config } from './platform/config/index.ts';
import { createLogger } from './platform/telemetry/index.ts';
import { ServiceError, toListenError } from './service-error.ts';

export interface RunningRouterPart {
  readonly url: string;
  /** Until the signal, or until somebody orders its end through its control socket. Requests that are under way end first. */
  runUntil(signal: AbortSignal): Promise<void>;
}

/** Requests that are under way when it ends. */
const limitMs = 15_000;

/** Where the router listens, and where its table and its control socket are: the same for all who use it. */
export function routerOrderOf({ deployments, dataDirectory }: Config): RouterOrder {
  const directory = join(deployments.directory ?? join(dataDirectory, 'deployments'), 'router');
  return {
    listen: { host: deployments.routerHost, port: deployments.routerPort },
    ...(deployments.tlsCertificates.length > 0 && {
      secure: {
        listen: { host: deployments.routerHost, port: deployments.tlsPort },
        certificates: deployments.tlsCertificates,
        isWantedByAll: deployments.redirectToTls,
      },
    }),
    ...(deployments.trustedProxies.length > 0 && { trustedProxies: deployments.trustedProxies }),
    tablePath: join(directory, 'routes.json'),
    controlPath: join(directory, 'control.sock'),
  };
}

/**
 * Runs the router in this process, for those who supervise it themselves. It needs no database: what it leads to stands in its table.
 *
 * @throws {ServiceError} CANNOT_LISTEN
 */
export async function startRouterPart(config: Config): Promise<RunningRouterPart> {
  const logger = createLogger({ level: config.log.level, service: 'router' });
  const { startRouter } = await import('@deployguard/delivery/router');
  const order = routerOrderOf(config);
  const router = await startRouter({ ...order, onWarning: (message) => logger.warn(message) }).catch((error: unknown) => {
    // Another one runs already, or its socket has no place.
    if (error instanceof DeliveryError) throw new ServiceError('CANNOT_LISTEN', error.message, { cause: error });
    throw toListenError(error, order.listen);
  });
  logger.info({ url: router.url }, 'started');
  return {
    url: router.url,
    async runUntil(signal) {
      if (!signal.aborted) await Promise.race([once(signal, 'abort'), router.stopOrdered]);
      logger.info('stopping');
      await router.close({ limitMs });
      logger.info('stopped');
    },
  };
}
