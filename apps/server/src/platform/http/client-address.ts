import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The address of the client, as far as trusted proxies tell. What they pass on need not be an address (`unknown`, a port behind it, whatever a
 * client made up); then the far end of the connection counts.
 */
export function readClientAddress({ ip, raw }: Pick<FastifyRequest, 'ip' | 'raw'>): string {
  const told = toPlainAddress(ip);
  return told ?? toPlainAddress(raw.socket.remoteAddress ?? '') ?? '';
}

function toPlainAddress(text: string): string | undefined {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1)[0]!;
  return isIP(plain) === 0 ? undefined : plain;
}
