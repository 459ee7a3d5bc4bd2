import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connectChecked } from './connect-checked.ts';
import { EgressError } from './egress-error.ts';
import type { EgressErrorCode } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';

export interface EgressProxyOptions {
  /** At once. Default 32. */
  readonly maxConnections?: number;
  /** Until a connection on which nothing moves is closed. Default 120. */
  readonly idleTimeoutSeconds?: number;
  /** What all connections together may receive. Default: no limit. */
  readonly maxReceivedBytes?: number;
}

/** A connection that the proxy did not make, for its owner's log; the client is told nothing. */
export interface EgressRefusal {
  readonly host: string;
  readonly port: number;
  readonly code: EgressErrorCode | 'NOT_AUTHENTICATED' | 'TOO_MANY_CONNECTIONS' | 'REQUEST_INVALID';
}

/** A proxy on loopback for programs that resolve and connect by themselves, such as git. */
export interface EgressProxy extends AsyncDisposable {
  /** With the credentials that the proxy asks for: it serves whoever was given this URL, no other program of the machine. */
  readonly url: string;
  readonly refusals: readonly EgressRefusal[];
  /** Bytes that came from outside until now. */
  readonly receivedBytes: number;
  /** Whether `maxReceivedBytes` ended the connections. */
  readonly isExhausted: boolean;
  /** Ends all connections. */
  close(): Promise<void>;
}

const user = 'deployguard';
// One text for every reason: which addresses exist behind it must not be readable from refusals.
const refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
const askForCredentials =
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="egress"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
const maxRefusalsKept = 100;

/** Starts an HTTP proxy that only tunnels (CONNECT), and checks each connection against the policy. */
export async function startEgressProxy(policy: EgressPolicy, options: EgressProxyOptions = {}): Promise<EgressProxy> {
  const { maxConnections = 32, idleTimeoutSeconds = 120, maxReceivedBytes = Number.POSITIVE_INFINITY } = options;
  const password = randomBytes(24).toString('base64url');
  const credentials = Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  const sockets = new Set<Duplex>();
  const refusals: EgressRefusal[] = [];
  let tunnels = 0;
  let receivedBytes = 0;

  // Loaded here: the module brings a whole HTTP client along, which a scan of a local repository has no use for.
  const { createServer } = await import('node:http');
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: 8192 });
  server.on('request', (_, response) => response.writeHead(405, { connection: 'close' }).end());
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('connection', (socket) => keep(socket));
  server.on('connect', (request, client, head) => void openTunnel(request, client, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function openTunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => client.destroy());
    const { host, port } = parseAuthority(request.url ?? '') ?? { host: '', port: 0 };
    const refuse = (code: EgressRefusal['code'], answer = refusal): void => {
      if (refusals.length < maxRefusalsKept) refusals.push({ host, port, code });
      client.end(answer);
    };
    if (!isAuthenticated(request, credentials)) return refuse('NOT_AUTHENTICATED', askForCredentials);
    if (port === 0) return refuse('REQUEST_INVALID');
    if (tunnels >= maxConnections) return refuse('TOO_MANY_CONNECTIONS');

    tunnels++;
    client.once('close', () => tunnels--);
    const abort = new AbortController();
    client.once('close', () => abort.abort());
    let remote: Socket;
    try {
      remote = await connectChecked(policy, host, port, { signal: abort.signal });
    } catch (error) {
      return refuse(error instanceof EgressError ? error.code : 'CONNECTION_FAILED');
    }
    join(client, remote, head);
  }

  function join(client: Duplex, remote: Socket, head: Buffer): void {
    keep(remote);
    remote.setTimeout(idleTimeoutSeconds * 1000, () => remote.destroy());
    remote.on('error', () => remote.destroy());
    remote.on('close', () => client.destroy());
    client.on('close', () => remote.destroy());
    remote.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length;
      if (receivedBytes > maxReceivedBytes) remote.destroy();
    });
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) remote.write(head);
    remote.pipe(client);
    client.pipe(remote);
  }

  function keep(socket: Duplex): void {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }

  async function close(): Promise<void> {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: `http://${user}:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusals,
    get receivedBytes() {
      return receivedBytes;
    },
    get isExhausted() {
      return receivedBytes > maxReceivedBytes;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** `host:port` or `[address]:port`, as CONNECT names its target (RFC 9112, 3.2.3). */
function parseAuthority(authority: string): { host: string; port: number } | undefined {
  const parts = /^(\[[0-9a-f:.]+\]|[^:[\]/@]+):(\d{1,5})$/i.exec(authority);
  const port = Number(parts?.[2]);
  return parts && port > 0 && port < 65_536 ? { host: parts[1]!, port } : undefined;
}

function isAuthenticated(request: IncomingMessage, credentials: Buffer): boolean {
  const given = Buffer.from(request.headers['proxy-authorization'] ?? '');
  return given.length === credentials.length && timingSafeEqual(given, credentials);
}
