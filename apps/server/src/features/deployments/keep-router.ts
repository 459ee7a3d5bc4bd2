import { existsSync } from 'node:fs';
import { connectRouter, ensureRouter } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { routerOrderOf } from '../../router.ts';

const pauseMs = 20_000;

/** Users reach no application without the router: one that is gone is started within a second or so. */
export function createRouterDuty({ config, logger }: Pick<Platform, 'config' | 'logger'>): Duty {
  // By the monotonic clock.
  let nextTry = 0;
  return {
    name: 'keep-router',
    everySeconds: 1,
    async run() {
      const order = routerOrderOf(config);
      // Nothing was ever deployed from here.
      if (!existsSync(order.tablePath) || performance.now() < nextTry) return;
      const isThere = await connectRouter(order)
        .describe()
        .then(
          () => true,
          () => false,
        );
      if (isThere) return;
      logger.warn('The router is gone: it is started anew.');
      nextTry = performance.now() + pauseMs;
      await ensureRouter(order);
      nextTry = 0;
    },
  };
}
