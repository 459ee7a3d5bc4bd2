import { scopes as allScopes } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import type { Database } from '../database/index.ts';
import type { Actor, Authenticate } from './actor.ts';
import { isApiKeyToken } from './api-key-token.ts';
import { findApiKey } from './find-api-key.ts';
import { findGatewayUser, parseUserId } from './gateway.ts';
import type { GatewayOptions } from './gateway.ts';
import type { VerifyJwt } from './jwt.ts';
import { readCredentials } from './read-credentials.ts';
import type { Credentials } from './read-credentials.ts';
import { createTenantResolver } from './tenants.ts';
import { unauthenticatedError } from './unauthenticated-error.ts';
import { isLoopback } from '../http/origin.ts';

/** Which ways in are open. Any combination; with none of them nobody gets in. */
export interface AuthenticatorOptions {
  readonly database: Pick<Database, 'asSystem' | 'asTenant' | 'db'>;
  readonly apiKeys: boolean;
  readonly gateway?: GatewayOptions;
  readonly verifyJwt?: VerifyJwt;
  /** For one's own machine: whoever connects from it is let in, as the user that `X-User-ID` names or as `local`. Not together with the others. */
  readonly withoutCredentials?: boolean;
}

const minProofLength = 32;

/**
 * Finds out who makes a request. A request that says who it is in a way that does not hold is refused, even if something else in it would hold:
 * it was tampered with on its way, or tries something.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  assertSafe(options);
  const resolveTenant = createTenantResolver(options.database);

  return async ({ rawHeaders, remoteAddress }) => {
    const credentials = readCredentials(rawHeaders);
    const apiKey = findKeyToken(credentials);
    if (options.withoutCredentials && apiKey === undefined) return await admitLocal(credentials, remoteAddress);
    const gatewayUser = options.gateway === undefined ? undefined : findGatewayUser(credentials, options.gateway);
    if (gatewayUser !== undefined) return await toActor(gatewayUser, new Set(allScopes), 'gateway');
    if (apiKey !== undefined) return await admitKey(apiKey);
    if (credentials.bearer !== undefined && options.verifyJwt !== undefined) {
      const { userId, scopes } = await options.verifyJwt(credentials.bearer);
      return await toActor(userId, scopes, 'jwt');
    }
    throw unauthenticatedError('no credentials');
  };

  async function admitLocal({ userId = 'local' }: Credentials, remoteAddress: string): Promise<Actor> {
    if (!isLoopback(remoteAddress)) throw unauthenticatedError('a connection from elsewhere');
    return await toActor(parseUserId(userId), new Set(allScopes), 'local');
  }

  async function admitKey(token: string): Promise<Actor> {
    const identity = options.apiKeys && isApiKeyToken(token) ? await findApiKey(options.database, token) : undefined;
    if (identity === undefined) throw unauthenticatedError('an API key that is not valid');
    return { ...identity, via: 'api-key' };
  }

  async function toActor(userId: string, scopes: ReadonlySet<Scope>, via: Actor['via']): Promise<Actor> {
    return { tenantId: await resolveTenant(userId), userId, scopes, via };
  }
}

/** Keys come in their own header or as a bearer; both at once is one credential too many. */
function findKeyToken({ apiKey, bearer }: Credentials): string | undefined {
  const asBearer = bearer?.startsWith('dgk_') ? bearer : undefined;
  if (apiKey !== undefined && bearer !== undefined) throw unauthenticatedError('an API key beside a bearer token');
  return apiKey ?? asBearer;
}

function assertSafe({ gateway, withoutCredentials, verifyJwt }: AuthenticatorOptions): void {
  if (gateway?.proofs.some((proof) => proof.length < minProofLength)) {
    throw new Error(`The proof of the gateway must have at least ${minProofLength} characters.`);
  }
  if (gateway?.proofs.length === 0) throw new Error('The gateway has no proof, so nobody could tell it from others.');
  if (withoutCredentials && (gateway !== undefined || verifyJwt !== undefined)) {
    throw new Error('Running without credentials cannot be combined with a gateway or tokens: it would let everybody in.');
  }
}
