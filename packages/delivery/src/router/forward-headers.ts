import type { IncomingMessage } from 'node:http';

/** A fault of a request that makes it ambiguous: two programs in a row could read it in two ways. */
export type HeaderFault = 'SEVERAL_HOSTS' | 'NO_HOST' | 'TARGET_AND_HOST_DIFFER' | 'CONNECTION_NAMES_FRAMING';

/** Meant for the next hop only (RFC 9110, 7.6.1, and what was used before it). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
]);

/** What only a proxy may say. From others it is left out, since an application believes it. */
const forwarding = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]);

/** A sender could have these taken out of the request, and with them its end or its addressee. */
const framing = new Set(['host', 'content-length', 'transfer-encoding']);

export interface ForwardingOptions {
  /** Whether the sender is a proxy whose word about who asked is taken. */
  readonly isTrusted: boolean;
  readonly isSecure: boolean;
  readonly remoteAddress: string;
  readonly port: number;
}

/** Host name and headers of a request on its way to an instance; a fault when it must not go there. */
export function readRequestHead(request: IncomingMessage): { readonly hostName: string; readonly path: string } | HeaderFault {
  const { host } = request.headers;
  if (host === undefined || host === '') return 'NO_HOST';
  if (countHosts(request.rawHeaders) > 1) return 'SEVERAL_HOSTS';
  if (listConnectionTokens(request).some((token) => framing.has(token))) return 'CONNECTION_NAMES_FRAMING';
  const target = request.url ?? '/';
  if (target.startsWith('/') || target === '*') return { hostName: normalizeHostName(host), path: target };
  // A whole URL as the target counts more than the header (RFC 9112, 3.2.2): an application may read either.
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return 'TARGET_AND_HOST_DIFFER';
  const url = new URL(target);
  if (url.host !== host.toLowerCase()) return 'TARGET_AND_HOST_DIFFER';
  return { hostName: normalizeHostName(host), path: `${url.pathname}${url.search}` };
}

/** In lower case, without port and without the dot that may end a full name. */
export function normalizeHostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Headers for the instance, as a flat list of names and values. */
export function buildRequestHeaders(request: IncomingMessage, options: ForwardingOptions): string[] {
  const { isTrusted, isSecure, remoteAddress, port } = options;
  const dropped = new Set(listConnectionTokens(request));
  const headers: string[] = [];
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    // Applications behind CGI and WSGI cannot tell `_` from `-`.
    const name = rawHeaders[at]!.toLowerCase().replaceAll('_', '-');
    if (hopByHop.has(name) || dropped.has(name) || forwarding.has(name)) continue;
    headers.push(rawHeaders[at]!, rawHeaders[at + 1]!);
  }
  const told = (name: string): string | undefined => (isTrusted ? request.headersDistinct[name]?.join(', ') : undefined);
  const before = told('x-forwarded-for');
  headers.push(
    'x-forwarded-for',
    before === undefined ? remoteAddress : `${before}, ${remoteAddress}`,
    'x-forwarded-proto',
    told('x-forwarded-proto') ?? (isSecure ? 'https' : 'http'),
    'x-forwarded-host',
    told('x-forwarded-host') ?? request.headers.host!,
    'x-forwarded-port',
    told('x-forwarded-port') ?? String(port),
  );
  return headers;
}

/** Headers of an instance's answer, from the pairs as they came. */
export function buildResponseHeaders(raw: readonly (Buffer | string)[]): string[] {
  const text = (index: number): string => raw[index]!.toString('latin1');
  const headers: string[] = [];
  let dropped: readonly string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = text(at);
    const lowered = name.toLowerCase();
    if (lowered === 'connection') dropped = [...dropped, ...splitTokens(text(at + 1))];
    if (!hopByHop.has(lowered)) headers.push(name, text(at + 1));
  }
  const isNamed = dropped.some((token) => !hopByHop.has(token));
  return isNamed ? leaveOut(headers, dropped) : headers;
}

function leaveOut(headers: readonly string[], names: readonly string[]): string[] {
  return headers.filter((_, at) => !names.includes(headers[at - (at % 2)]!.toLowerCase()));
}

/** Of several Node shows the first one only. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]!.length === 4 && rawHeaders[at]!.toLowerCase() === 'host') count++;
  return count;
}

function listConnectionTokens({ headers: { connection } }: IncomingMessage): readonly string[] {
  return connection === undefined ? [] : splitTokens(connection);
}

function splitTokens(value: string): readonly string[] {
  return value.split(',').map((token) => token.trim().toLowerCase());
}
