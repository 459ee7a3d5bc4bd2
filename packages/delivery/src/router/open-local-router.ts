import { DeliveryError } from '../delivery-error.ts';
import type { RemoteRouter } from './connect-router.ts';
import { ensureRouter } from './ensure-router.ts';
import type { RouterOrder } from './ensure-router.ts';
import type { Router } from './router.ts';

/** The router of this machine: started in a process of its own when the first order is given, and again when it is gone. */
export function openLocalRouter(order: RouterOrder): Router {
  let starting: Promise<RemoteRouter> | undefined;

  async function give<Answer>(ask: (router: Router) => Promise<Answer>): Promise<Answer> {
    const router = await (starting ??= ensureRouter(order)).catch((error: unknown) => {
      starting = undefined;
      throw error;
    });
    return await ask(router);
  }

  async function insist<Answer>(ask: (router: Router) => Promise<Answer>): Promise<Answer> {
    try {
      return await give(ask);
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== 'ROUTER_UNREACHABLE') throw error;
      // Orders can be repeated; whoever refused the first one refuses the second one too.
      starting = undefined;
      return await give(ask);
    }
  }

  return {
    setRoute: (route) => insist((router) => router.setRoute(route)),
    removeRoute: (host) => insist((router) => router.removeRoute(host)),
    getRoute: (host) => insist((router) => router.getRoute(host)),
    listRoutes: () => insist((router) => router.listRoutes()),
    drain: (addresses, options) => insist((router) => router.drain(addresses, options)),
  };
}
