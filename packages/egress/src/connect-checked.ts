import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { EgressError } from './egress-error.ts';
import { checkAddress } from './egress-policy.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { resolveChecked } from './resolve-checked.ts';

export interface ConnectOptions {
  /** For each address that is tried. Default 15. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

const maxAddresses = 4;

/**
 * Opens a TCP connection to a host that the policy allows: resolved once, connected by address, and the far end compared with the policy
 * before a byte is sent. Throws `EgressError`.
 */
export async function connectChecked(policy: EgressPolicy, host: string, port: number, options: ConnectOptions = {}): Promise<Socket> {
  const addresses = await resolveChecked(policy, host);
  let cause: unknown;
  for (const address of addresses.slice(0, maxAddresses)) {
    options.signal?.throwIfAborted();
    let socket: Socket;
    try {
      socket = await connectAddress(address, port, options);
    } catch (error) {
      cause = error;
      continue;
    }
    try {
      checkAddress(policy, socket.remoteAddress ?? '', host);
      return socket;
    } catch (error) {
      socket.destroy();
      throw policy.conceal(host, error);
    }
  }
  throw policy.conceal(host, new EgressError('CONNECTION_FAILED', `${host} does not answer on port ${port}.`, { cause }));
}

async function connectAddress(address: string, port: number, { timeoutSeconds = 15, signal }: ConnectOptions): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: address, port, ...(signal === undefined ? {} : { signal }) });
  socket.setTimeout(timeoutSeconds * 1000, () => socket.destroy(new Error('The connection attempt took too long.')));
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.setTimeout(0);
    socket.off('error', reject);
    resolve(socket);
  });
  return await promise;
}
