import { createSecretKey } from 'node:crypto';
import { EgressError } from '@deployguard/egress';
import type { CheckedFetch } from '@deployguard/egress';
import { createRemoteJWKSet, customFetch, decodeJwt, importSPKI, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { isScope, scopes as allScopes } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import { ApiError } from '../http/api-error.ts';
import { parseUserId } from './gateway.ts';
import { unauthenticatedError } from './unauthenticated-error.ts';

const jwtAlgorithms = {
  shared: ['HS256', 'HS384', 'HS512'],
  public: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
} as const;

type JwtAlgorithm = (typeof jwtAlgorithms)['shared' | 'public'][number];

/** Who may sign tokens, and how (RFC 8725). Everything about the key is fixed here; a token chooses nothing but which of the issuer's keys. */
export interface JwtIssuer {
  /** The `iss` claim, exactly. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly JwtAlgorithm[];
  readonly key:
    | { readonly kind: 'jwks'; readonly url: string }
    | { readonly kind: 'public'; readonly pem: string }
    | { readonly kind: 'shared'; readonly secret: string };
  /** The claim that names the user. Default `sub`. */
  readonly userClaim?: string;
  /** Stands before user ids, so that users of two issuers are never the same one. */
  readonly userPrefix?: string;
  /** `claim` (default): `scope` or `scp` names what the user may do. `all`: every user of the issuer may do everything. */
  readonly scopes?: 'claim' | 'all';
  /** The `typ` header that tokens must have, such as `at+jwt`. Default: `JWT`, `at+jwt` or none. */
  readonly type?: string;
}

export interface JwtIdentity {
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
}

export type VerifyJwt = (token: string) => Promise<JwtIdentity>;

const clockToleranceSeconds = 30;
const maxAgeSeconds = 24 * 3600;
const maxRemembered = 10_000;
const rememberMilliseconds = 60_000;

/** Verifies tokens of the issuers; what was verified is remembered for a minute. `fetch` gets their public keys. Throws when an issuer is set up in a way that is not safe. */
export async function createJwtVerifier(issuers: readonly JwtIssuer[], fetch: CheckedFetch): Promise<VerifyJwt> {
  const known = new Map<string, { readonly issuer: JwtIssuer; readonly getKey: JWTVerifyGetKey }>();
  for (const issuer of issuers) {
    assertSafe(issuer, issuers);
    known.set(issuer.issuer, { issuer, getKey: await createGetKey(issuer, fetch) });
  }

  return rememberVerified(async (token) => {
    const entry = known.get(readIssuer(token));
    if (entry === undefined) throw unauthenticatedError('a token of an unknown issuer');
    const { issuer, getKey } = entry;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, {
        issuer: issuer.issuer,
        audience: [...issuer.audiences],
        algorithms: [...issuer.algorithms],
        requiredClaims: ['exp', 'iat'],
        clockTolerance: clockToleranceSeconds,
        maxTokenAge: maxAgeSeconds,
      });
      assertType(protectedHeader.typ, issuer);
      return { identity: toIdentity(payload, issuer), expiresAtMilliseconds: payload.exp! * 1000 };
    } catch (error) {
      if (isOutage(error)) {
        throw new ApiError('UNAVAILABLE', 'Tokens cannot be checked at the moment. Try again later.', {
          cause: error,
          headers: { 'retry-after': '5' },
        });
      }
      throw unauthenticatedError(`a token that does not verify: ${(error as { code?: string }).code ?? 'unreadable'}`);
    }
  });
}

interface Verified {
  readonly identity: JwtIdentity;
  readonly expiresAtMilliseconds: number;
}

/** The same token comes with every request of a client, and its signature is the same each time. */
function rememberVerified(verify: (token: string) => Promise<Verified>): VerifyJwt {
  const remembered = new Map<string, Verified>();
  return async (token) => {
    const known = remembered.get(token);
    if (known !== undefined && known.expiresAtMilliseconds > Date.now()) return known.identity;
    const { identity, expiresAtMilliseconds } = await verify(token);
    if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value!);
    remembered.delete(token);
    remembered.set(token, { identity, expiresAtMilliseconds: Math.min(expiresAtMilliseconds, Date.now() + rememberMilliseconds) });
    return identity;
  };
}

function assertSafe(issuer: JwtIssuer, all: readonly JwtIssuer[]): void {
  const fault = (what: string): Error => new Error(`The token issuer ${issuer.issuer} cannot be used: ${what}.`);
  const allowed: readonly string[] = issuer.key.kind === 'shared' ? jwtAlgorithms.shared : jwtAlgorithms.public;
  if (issuer.algorithms.length === 0) throw fault('no algorithm is named');
  // One key, one algorithm (RFC 8725 §3.1); keys of a set say theirs.
  if (issuer.key.kind !== 'jwks' && issuer.algorithms.length > 1) throw fault(`a ${issuer.key.kind} key goes with one algorithm`);
  // A public key taken for a shared secret lets everybody sign (RFC 8725 §2.1).
  const wrong = issuer.algorithms.find((algorithm) => !allowed.includes(algorithm));
  if (wrong !== undefined) throw fault(`${wrong} does not go with a ${issuer.key.kind} key`);
  if (issuer.audiences.length === 0) throw fault('no audience is named');
  if (issuer.key.kind === 'shared' && Buffer.byteLength(issuer.key.secret) < 32) throw fault('the shared key is shorter than 32 bytes');
  if (issuer.key.kind === 'jwks' && !issuer.key.url.startsWith('https://')) throw fault('its keys must come over https');
  const others = all.filter((other) => other !== issuer);
  if (others.some((other) => other.issuer === issuer.issuer)) throw fault('it is named twice');
  if (others.some((other) => (other.userPrefix ?? '') === (issuer.userPrefix ?? ''))) {
    throw fault('another issuer has the same user prefix, so their users could not be told apart');
  }
}

async function createGetKey({ key, algorithms }: JwtIssuer, fetch: CheckedFetch): Promise<JWTVerifyGetKey> {
  switch (key.kind) {
    case 'jwks':
      return createRemoteJWKSet(new URL(key.url), {
        [customFetch]: fetch,
        timeoutDuration: 5000,
        cooldownDuration: 30_000,
        cacheMaxAge: 600_000,
      });
    case 'public': {
      const imported = await importSPKI(key.pem, algorithms[0]!);
      return async () => imported;
    }
    case 'shared': {
      const secret = createSecretKey(Buffer.from(key.secret));
      return async () => secret;
    }
  }
}

/** Only chooses which issuer's rules the token is held to; what it claims is believed after those. */
function readIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw unauthenticatedError('a bearer that is no token');
  }
}

function assertType(type: string | undefined, issuer: JwtIssuer): void {
  const plain = type?.toLowerCase().replace(/^application\//, '');
  const isExpected =
    issuer.type === undefined ? plain === undefined || plain === 'jwt' || plain === 'at+jwt' : plain === issuer.type.toLowerCase();
  if (!isExpected) throw unauthenticatedError('a token for something else');
}

function toIdentity(payload: JWTPayload, { userClaim = 'sub', userPrefix = '', scopes = 'claim' }: JwtIssuer): JwtIdentity {
  const user = payload[userClaim];
  if (typeof user !== 'string') throw unauthenticatedError('a token without a user');
  return { userId: parseUserId(userPrefix + user), scopes: scopes === 'all' ? new Set(allScopes) : readScopes(payload) };
}

function readScopes(payload: JWTPayload): ReadonlySet<Scope> {
  const claim = payload['scope'] ?? payload['scp'] ?? '';
  const words = Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : String(claim).split(' ');
  return new Set(words.filter(isScope));
}

/** Keys that could not be fetched are no fault of the token. */
function isOutage(error: unknown): boolean {
  return error instanceof EgressError || ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT'].includes((error as { code?: string }).code ?? '');
}
