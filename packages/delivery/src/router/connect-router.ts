import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { DeliveryError } from '../delivery-error.ts';
import type { Route, Router, RouterDescription } from './router.ts';

interface Order {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** How long the router may take over it, beyond the usual. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A router of another process. */
export interface RemoteRouter extends Router {
  describe(): Promise<RouterDescription>;
  /** Ends the router; applications run on, but nobody reaches them. Requests under way may take some seconds. */
  stop(): Promise<void>;
}

const patienceMs = 10_000;

/** A router of another process, by its control socket. Its methods throw `DeliveryError` of code ROUTER_UNREACHABLE. */
export function connectRouter({ controlPath }: { readonly controlPath: string }): RemoteRouter {
  const listRoutes = async (): Promise<readonly Route[]> =>
    (await give(controlPath, { method: 'GET', path: '/routes' })) as readonly Route[];
  return {
    describe: async () => (await give(controlPath, { method: 'GET', path: '/' })) as RouterDescription,
    async stop() {
      await give(controlPath, { method: 'POST', path: '/stop' });
    },
    listRoutes,
    getRoute: async (host) => (await listRoutes()).find((route) => route.host === host),
    async setRoute(route) {
      await give(controlPath, { method: 'POST', path: '/routes/set', body: route });
    },
    async removeRoute(host) {
      await give(controlPath, { method: 'POST', path: '/routes/remove', body: { host } });
    },
    async drain(addresses, { limitMs, signal }) {
      if (addresses.length === 0) return 0;
      const answer = await give(controlPath, { method: 'POST', path: '/drain', body: { addresses, limitMs }, limitMs, signal });
      return (answer as { readonly cut: number }).cut;
    },
  };
}

async function give(socketPath: string, { method, path, body, limitMs = 0, signal }: Order): Promise<unknown> {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(limitMs + patienceMs);
  try {
    // A connection for each order: the router may have been started anew since the last one.
    const sent = request({
      socketPath,
      method,
      path,
      agent: false,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const answer = JSON.parse((await response.toArray()).join('')) as { readonly message?: string };
    if (response.statusCode === 200) return answer;
    throw new DeliveryError('ROUTER_UNREACHABLE', `The router refused: ${answer.message}`);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DeliveryError) throw cause;
    throw new DeliveryError('ROUTER_UNREACHABLE', 'The router does not answer: see that `deployguard router` runs.', { cause });
  }
}
