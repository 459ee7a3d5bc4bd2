import { createSecretKey } from 'node:crypto';
import { EgressError } from '@deployguard/egress';
import type { CheckedFetch } from '@deployguard/egress';
import { createRemoteJWKSet, customFetch, decodeJwt, importSPKI, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { isScope, scopes as allScopes } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import { ConfigError } from '../config/config-error.ts';
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

/**
 * Verifies tokens of the issuers; what was verified is remembered for a minute. `fetch` gets their public keys.
 *
 * @throws {ConfigError} when an issuer cannot be used, or not safely.
 */
export async function createJwtVerifier(issuers: readonly JwtIssuer[], fetch: CheckedFetch): Promise<VerifyJwt> {
  const known = new Map<string, { readonly issuer: JwtIssuer; readonly getKey: JWTVerifyGetKey }>();
  for (const issuer of issuers) {
    const faults = await describeJwtFaults(issuer, issuers);
    if (faults.length > 0) throw new ConfigError(faults);
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

/** Why tokens of the issuer cannot be verified, or not safely: everything that is wrong with it. */
export async function describeJwtFaults(issuer: JwtIssuer, all: readonly JwtIssuer[]): Promise<string[]> {
  const { key, algorithms, audiences } = issuer;
  const allowed: readonly string[] = key.kind === 'shared' ? jwtAlgorithms.shared : jwtAlgorithms.public;
  // A public key taken for a shared secret lets everybody sign (RFC 8725 §2.1).
  const wrong = algorithms.find((algorithm) => !allowed.includes(algorithm));
  const others = all.filter((other) => other !== issuer);
  const faults = [
    algorithms.length === 0 && 'no algorithm is named',
    // One key, one algorithm (RFC 8725 §3.1); keys of a set say theirs.
    key.kind !== 'jwks' && algorithms.length > 1 && `a ${key.kind} key goes with one algorithm`,
    wrong !== undefined && `${wrong} does not go with a ${key.kind} key`,
    audiences.length === 0 && 'no audience is named',
    key.kind === 'shared' && Buffer.byteLength(key.secret) < 32 && 'the shared key is shorter than 32 bytes',
    key.kind === 'public' && wrong === undefined && algorithms.length === 1 && (await describeKeyFault(key.pem, algorithms[0]!)),
    key.kind === 'jwks' && describeAddressFault(key.url),
    others.some((other) => other.issuer === issuer.issuer) && 'it is named twice',
    others.some((other) => (other.userPrefix ?? '') === (issuer.userPrefix ?? '')) &&
      'another issuer has the same user prefix, so their users could not be told apart',
  ];
  return faults.filter((fault) => fault !== false).map((fault) => `The token issuer ${issuer.issuer} cannot be used: ${fault}.`);
}

async function describeKeyFault(pem: string, algorithm: JwtAlgorithm): Promise<string | false> {
  try {
    await importSPKI(pem, algorithm);
    return false;
  } catch {
    return /-----BEGIN PUBLIC KEY-----/.test(pem)
      ? `its public key is damaged, or none for ${algorithm}`
      : 'its file holds no public key; PEM is expected: "-----BEGIN PUBLIC KEY-----" and what follows';
  }
}

function describeAddressFault(url: string): string | false {
  if (!URL.canParse(url)) return 'the address of its keys cannot be taken apart';
  return !url.startsWith('https://') && 'its keys must come over https';
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
