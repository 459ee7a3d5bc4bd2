import type { IncomingMessage } from 'node:http';
import { isEqualText } from '../auth/is-equal-text.ts';
import { isLoopback, isLoopbackHost } from './origin.ts';

/**
 * Metrics tell of all tenants: for those on this machine who call it by a local name, which pages of other sites cannot, not for those behind a proxy
 * on it; and for who has the operator's token.
 */
export function mayReadMetrics({ headers, socket }: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined && isEqualText(headers.authorization ?? '', `Bearer ${token}`)) return true;
  if (token !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  return isLoopback(socket.remoteAddress ?? '') && isLoopbackHost(headers.host);
}
