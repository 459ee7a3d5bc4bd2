import { connectChecked } from '@deployguard/egress';
import type { EgressPolicy } from '@deployguard/egress';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { Agent, fetch } from 'undici';
import type { FetchImplementation } from 'jose';

export interface CheckedFetchOptions {
  readonly policy: EgressPolicy;
  /** Certificates (PEM) that are trusted beside the public ones. */
  readonly trustedCertificates?: readonly string[];
}

/** `fetch` that connects to allowed addresses only, whatever a name resolves to, and follows no redirect. */
export function createCheckedFetch(options: CheckedFetchOptions): FetchImplementation {
  const agent = new Agent({
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
    maxResponseSize: 1_048_576,
    connect: (target, callback) => {
      const done = callback as (error: Error | null, socket: Socket | null) => void;
      // `setImmediate` leaves the promise: what the callback throws is not ours to catch.
      connectTo(target, options).then(
        (socket) => setImmediate(done, null, socket),
        (error: Error) => setImmediate(done, error, null),
      );
    },
  });
  // The types of undici and of the platform describe the same objects.
  return (url, init) => fetch(url, { ...(init as object), redirect: 'error', dispatcher: agent }) as unknown as Promise<Response>;
}

interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

async function connectTo({ protocol, hostname, port }: Target, { policy, trustedCertificates }: CheckedFetchOptions): Promise<Socket> {
  const isHttps = protocol === 'https:';
  const socket = await connectChecked(policy, hostname, Number(port) || (isHttps ? 443 : 80));
  if (!isHttps) return socket;
  const certificates = trustedCertificates === undefined ? {} : { ca: [...rootCertificates, ...trustedCertificates] };
  const secure = connectTls({ socket, servername: isIP(hostname) === 0 ? hostname : '', ...certificates });
  await once(secure, 'secureConnect');
  return secure;
}
