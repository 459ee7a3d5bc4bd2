import { once } from 'node:events';
import { createServer, ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { isIP } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Address } from '../targets/target.ts';
import { answerPage, answerRedirect } from './answer-page.ts';
import { startControlServer } from './control-server.ts';
import { openCertificates } from './open-certificates.ts';
import type { CertificateFiles, Certificates } from './open-certificates.ts';
import { buildRequestHeaders, readRequestHead } from './forward-headers.ts';
import { forwardRequest } from './forward-request.ts';
import type { Forwarding } from './forward-request.ts';
import { endSoon } from './read-rest-away.ts';
import { openRouteTable } from './route-table.ts';
import type { Router, RouterDescription } from './router.ts';
import { keyOf, openUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

export interface RouterOptions {
  /** Where requests are taken; port 0 for any that is free. */
  readonly listen: Address | { readonly host: string; readonly port: 0 };
  readonly secure?: RouterTls;
  /** A file: what was set last is in force again after a restart. */
  readonly tablePath: string;
  /** A unix socket through which the router is told what to do; only the own user may. */
  readonly controlPath: string;
  /** Proxies (addresses) whose word about who asked is taken. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Until an instance takes a connection. Default 5000. */
  readonly connectMs?: number;
  /** Until an instance begins its answer. Default 60 000. */
  readonly answerMs?: number;
  /** Until a client has sent the head of its request: longer takes only who wants to hold connections. Default 15 000. */
  readonly headMs?: number;
  readonly onWarning: (message: string) => void;
}

export interface RouterTls {
  readonly listen: RouterOptions['listen'];
  /** At least one; the first is for clients that name no host. They are looked at again every ten seconds. */
  readonly certificates: readonly CertificateFiles[];
  /** Requests without TLS, for names that a certificate is for, are answered by leading to the same with TLS. */
  readonly isWantedByAll: boolean;
}

export interface RunningRouter extends Router {
  readonly url: string;
  readonly secureUrl: string | undefined;
  /** Resolves when somebody orders its end, who then waits for `close`. */
  readonly stopOrdered: Promise<void>;
  /** Takes no more requests, lets those under way end within the limit, and closes everything. */
  close(options: { readonly limitMs: number }): Promise<void>;
}

const maxHeaderBytes = 16 * 1024;
/** For a whole request: uploads over slow lines take their time. */
const requestSeconds = 600;
const idleSeconds = 60;
const renewalMs = 10_000;

/** Starts the one entry for users: HTTP and WebSocket, by host name, to the instances of the current releases. */
export async function startRouter(options: RouterOptions): Promise<RunningRouter> {
  const { connectMs = 5000, answerMs = 60_000, headMs = 15_000, onWarning } = options;
  const serverOptions = { ...commonServerOptions, headersTimeout: headMs, connectionsCheckingInterval: Math.min(headMs, 5000) };
  const table = openRouteTable(options.tablePath, onWarning);
  const { secure } = options;
  const certificates = secure && openCertificates(secure.certificates, onWarning);
  const trusted = new Set(options.trustedProxies);
  const upstreams = new Map<string, Upstream>();

  function upstreamFor(address: Address): Upstream {
    const key = keyOf(address);
    const present = upstreams.get(key);
    if (present !== undefined) return present;
    const opened = openUpstream(address, { connectMs, answerMs });
    upstreams.set(key, opened);
    return opened;
  }

  /** Nobody leads to it, and nothing is under way: its connections are closed. */
  function forgetUnused(): void {
    const used = new Set(table.list().flatMap((route) => route.upstreams.map(keyOf)));
    for (const upstream of upstreams.values()) {
      if (used.has(upstream.key) || upstream.inFlight > 0) continue;
      upstreams.delete(upstream.key);
      void upstream.close();
    }
  }

  const router: Router = {
    async setRoute(route) {
      table.set(route);
    },
    async removeRoute(host) {
      table.remove(host);
    },
    getRoute: async (host) => table.find(host),
    listRoutes: async () => table.list(),
    async drain(addresses, { limitMs }) {
      const counts = await Promise.all(addresses.map((address) => upstreams.get(keyOf(address))?.drain(limitMs) ?? 0));
      forgetUnused();
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };

  function handle(request: IncomingMessage, response: ServerResponse, upgrade?: Forwarding['upgrade']): void {
    // What goes wrong with a client's connection is its own affair.
    response.on('error', () => {});
    request.on('error', () => {});
    const head = readRequestHead(request);
    if (typeof head === 'string') return answerPage(request, response, 'bad-request');
    const route = table.find(head.hostName);
    if (route === undefined) return answerPage(request, response, 'unknown-host');
    const isSecure = 'encrypted' in request.socket;
    if (!isSecure && secure?.isWantedByAll === true && certificates?.isFor(head.hostName) === true) {
      return answerRedirect(request, response, secureAddress(head));
    }
    const { remoteAddress = '', localPort = 0 } = request.socket;
    const headers = buildRequestHeaders(request, {
      isTrusted: trusted.has(remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')),
      isSecure,
      remoteAddress,
      port: localPort,
    });
    const choose = (): Upstream | undefined => {
      const address = table.choose(table.find(head.hostName) ?? route);
      return address === undefined ? undefined : upstreamFor(address);
    };
    forwardRequest(request, response, { path: head.path, headers, choose, ...(upgrade === undefined ? {} : { upgrade }) });
  }

  function secureAddress({ hostName, path }: { readonly hostName: string; readonly path: string }): string {
    const port = portOf(encrypted!);
    return `https://${hostName}${port === 443 ? '' : `:${port}`}${path}`;
  }

  await using starting = new AsyncDisposableStack();
  // First: it says whether another router is there already.
  const { promise: stopOrdered, resolve: stop } = Promise.withResolvers<void>();
  const describe = (): RouterDescription => ({
    pid: process.pid,
    listen: { host: options.listen.host, port: portOf(plain) },
    ...(options.trustedProxies !== undefined && { trustedProxies: options.trustedProxies }),
    ...(secure !== undefined &&
      encrypted !== undefined && { secure: { ...secure, listen: { host: secure.listen.host, port: portOf(encrypted) } } }),
  });
  const control = await startControlServer(options.controlPath, { router, describe, stop });
  starting.defer(() => control.close());
  const open = async <Kind extends Server>(server: Kind, where: RouterOptions['listen']): Promise<Kind> => {
    await listen(prepareServer(server, handle, onWarning), where);
    starting.defer(() => closeServer(server));
    return server;
  };
  const plain = await open(createServer(serverOptions), options.listen);
  const encrypted =
    secure === undefined
      ? undefined
      : await open(createSecureServer({ ...serverOptions, handshakeTimeout: headMs, ...tlsOptions(certificates!) }), secure.listen);
  const renewal = setInterval(() => {
    // For clients that name no host: of those the server asks nobody.
    if (certificates?.refresh() === true) encrypted?.setSecureContext(certificates.fallback);
  }, renewalMs).unref();
  starting.defer(() => clearInterval(renewal));
  const running = starting.move();

  let closing: Promise<void> | undefined;
  async function close(limitMs: number): Promise<void> {
    const servers = [plain, ...(encrypted === undefined ? [] : [encrypted])];
    // Takes nothing new at once; what is under way has until the limit.
    for (const server of servers) server.close();
    for (const server of servers) server.closeIdleConnections();
    await Promise.all([...upstreams.values()].map((upstream) => upstream.drain(limitMs)));
    await running.disposeAsync();
    await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  }

  return {
    ...router,
    url: `http://${urlHost(options.listen.host)}:${portOf(plain)}`,
    secureUrl: secure === undefined || encrypted === undefined ? undefined : `https://${urlHost(secure.listen.host)}:${portOf(encrypted)}`,
    stopOrdered,
    close: ({ limitMs }) => (closing ??= close(limitMs)),
  };
}

async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Its callback comes also when it is closed already.
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

const commonServerOptions = {
  maxHeaderSize: maxHeaderBytes,
  requestTimeout: requestSeconds * 1000,
  keepAliveTimeout: idleSeconds * 1000,
  // Nothing else is understood as another protocol: other wishes are left out of the request.
  shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === 'websocket' && request.method === 'GET',
};

function prepareServer(
  server: Server,
  handle: (request: IncomingMessage, response: ServerResponse, upgrade?: Forwarding['upgrade']) => void,
  onWarning: (message: string) => void,
): Server {
  /** Whatever is wrong with one request, all others go on: this is the one entry of everybody. */
  const attempt = (socket: Duplex, act: () => void): void => {
    try {
      act();
    } catch (error) {
      socket.destroy();
      onWarning(`A request could not be handled: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  server.on('request', (request, response) => {
    // Nothing is answered any more on a connection that ends.
    if (request.socket.writableEnded) request.socket.destroy();
    else attempt(request.socket, () => handle(request, response));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    // Answers other than an agreement are written as to any other request.
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    try {
      response.assignSocket(request.socket);
    } catch {
      // An answer to an earlier request is under way on it.
      return void socket.destroy();
    }
    // The server has let go of it: no limit of its own ends it any more.
    response.on('finish', () => endSoon(socket));
    attempt(socket, () => handle(request, response, { socket, head }));
  });
  return server;
}

function tlsOptions(certificates: Certificates): object {
  return {
    ...certificates.fallback,
    SNICallback: (name: string, callback: (error: Error | null, context?: unknown) => void) => callback(null, certificates.choose(name)),
  };
}

async function listen(server: Server, { host, port }: RouterOptions['listen']): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
