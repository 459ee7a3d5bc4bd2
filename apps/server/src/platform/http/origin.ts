import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { ApiError } from './api-error.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  if (isIPv4(plain)) return loopback.check(plain, 'ipv4');
  return isIPv6(plain) && loopback.check(plain, 'ipv6');
}

/**
 * Without authentication the address is the only wall, and a web page can walk around it by letting its own name resolve to this machine
 * (DNS rebinding). Such a request names a host that is not this machine. Throws `HOST_REFUSED`.
 */
export function assertLoopbackHost(host: string | undefined): void {
  if (isLoopbackHost(host)) return;
  throw new ApiError('HOST_REFUSED', 'Without authentication this service answers only to its local name, such as localhost or 127.0.0.1.');
}

/** Whether a `Host` header names this machine. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '')
    .replace(/:\d{1,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}

export interface OriginRequest {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Whether it changes something or opens a WebSocket: both happen before a browser asks whether the page may see the answer. */
  readonly hasEffect: boolean;
}

/** Refuses what pages of other sites make browsers send. Programs send no `Origin`. Throws `ORIGIN_REFUSED`. */
export function assertOriginAllowed({ origin, host, hasEffect }: OriginRequest, allowed: readonly string[]): void {
  if (origin === undefined || !hasEffect || allowed.includes('*') || allowed.includes(origin)) return;
  const ownHost = URL.canParse(origin) ? new URL(origin).host : undefined;
  if (ownHost !== undefined && ownHost === host?.toLowerCase()) return;
  throw new ApiError('ORIGIN_REFUSED', 'Requests from pages of this origin are not allowed. Add it to CORS_ORIGINS if they should be.');
}
