import { unauthenticatedError } from './unauthenticated-error.ts';

/** What a request brings along to prove who makes it. Nothing here is checked yet. */
export interface Credentials {
  readonly apiKey: string | undefined;
  readonly bearer: string | undefined;
  readonly userId: string | undefined;
  readonly gatewayProof: string | undefined;
}

/**
 * Reads credentials from the headers as they came. Node joins doubles (`"victim, attacker"`) and keeps underscore variants apart, which some proxies
 * pass on as if they were the header with hyphens; both are refused, as are several credentials of one kind. Credentials in a query are not
 * read at all: addresses end up in logs. Browsers cannot set headers on WebSockets, so a bearer may be a subprotocol, `bearer.<token>`.
 */
export function readCredentials(rawHeaders: readonly string[]): Credentials {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const plainName = name.replaceAll('_', '-');
    if (!credentialHeaders.has(plainName)) continue;
    if (name !== plainName) throw unauthenticatedError(`${name} with an underscore`);
    if (headers.has(name)) throw unauthenticatedError(`${name} more than once`);
    headers.set(name, rawHeaders[index + 1]!.trim());
  }
  assertNotHopByHop(rawHeaders);

  const bearers = [readBearer(headers.get('authorization')), readSubprotocol(headers.get('sec-websocket-protocol'))].filter(
    (bearer) => bearer !== undefined,
  );
  if (bearers.length > 1) throw unauthenticatedError('two bearer tokens');
  return {
    apiKey: headers.get('x-api-key'),
    bearer: bearers[0],
    userId: headers.get('x-user-id'),
    gatewayProof: headers.get('x-gateway-proof'),
  };
}

const credentialHeaders = new Set(['authorization', 'sec-websocket-protocol', 'x-api-key', 'x-gateway-proof', 'x-user-id']);

/** `Connection: X-User-ID` makes proxies drop the header that the gateway set. */
function assertNotHopByHop(rawHeaders: readonly string[]): void {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== 'connection') continue;
    const names = rawHeaders[index + 1]!.split(',').map((name) => name.trim().toLowerCase());
    if (names.some((name) => credentialHeaders.has(name))) throw unauthenticatedError('a credential named in Connection');
  }
}

function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const token = /^bearer +([\w.~+/=-]{1,8192})$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticatedError('Authorization that is no bearer token');
  return token;
}

function readSubprotocol(protocols: string | undefined): string | undefined {
  const tokens = (protocols ?? '').split(',').flatMap((name) => /^\s*bearer\.([\w.~+/=-]{1,8192})\s*$/.exec(name)?.[1] ?? []);
  if (tokens.length > 1) throw unauthenticatedError('two bearer subprotocols');
  return tokens[0];
}
