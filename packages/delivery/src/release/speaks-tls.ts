import { connect } from 'node:tls';
import type { Address } from '../targets/target.ts';

const handshakeMs = 2000;

/** Whether who listens there begins with TLS (RFC 8446), with whatever certificate. */
export function speaksTls({ host, port }: Address): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, rejectUnauthorized: false });
  socket.setTimeout(handshakeMs, () => resolve(false));
  socket.once('secureConnect', () => resolve(true));
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
