import type { IncomingMessage } from 'node:http';
import { isEqualText } from '../auth/is-equal-text.ts';
import { isLoopback } from './origin.ts';

/** Metrics tell of all tenants: for those on this machine, not for those behind a proxy on it, and for who has the operator's token. */
export function mayReadMetrics({ headers, socket }: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined && isEqualText(headers.authorization ?? '', `Bearer ${token}`)) return true;
  return token === undefined && headers['x-forwarded-for'] === undefined && isLoopback(socket.remoteAddress ?? '');
}
