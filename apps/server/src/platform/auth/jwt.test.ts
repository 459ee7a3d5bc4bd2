import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createCheckedFetch, createEgressPolicy } from '@deployguard/egress';
import { getTestCertificate } from '@deployguard/testkit';
import { SignJWT, exportJWK } from 'jose';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { createJwtVerifier } from './jwt.ts';
import type { JwtIssuer, VerifyJwt } from './jwt.ts';

const issuerName = 'https://issuer.test';
const audience = 'deployguard';
const secret = 's'.repeat(32);
const keyPairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An issuer's key server: what it has, and how often it was asked. */
const keyServer = {
  url: '',
  keys: [] as object[],
  requests: 0,
  isBroken: false,
  redirectTo: undefined as string | undefined,
  stop: () => {},
};
let authority: string;

before(async () => {
  const certificate = await getTestCertificate();
  ({ authority } = certificate);
  const server = createServer({ key: certificate.key, cert: certificate.certificate }, (_, answer) => {
    keyServer.requests++;
    if (keyServer.redirectTo !== undefined) return answer.writeHead(302, { location: keyServer.redirectTo }).end();
    answer.writeHead(keyServer.isBroken ? 500 : 200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ keys: keyServer.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  keyServer.url = `https://localhost:${(server.address() as AddressInfo).port}/keys`;
  keyServer.stop = () => server.close().closeAllConnections();
  for (const [alg, { publicKey }] of Object.entries(keyPairs))
    keyServer.keys.push({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' });
});
after(() => keyServer.stop());

const limit = { timeout: 20_000 };

for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
  test(`a token signed with ${alg} by a key of the issuer lets its user in, with the scopes that it names`, limit, async () => {
    const verify = await openVerifier();

    const identity = await verify(
      await sign({ header: { alg, kid: alg }, key: keyPairs[alg].privateKey, payload: { scope: 'jobs:read jobs:write other' } }),
    );

    assert.deepEqual(identity, { userId: 'alice', scopes: new Set(['jobs:read', 'jobs:write']) });
  });
}

test('a token signed with a shared key lets its user in', limit, async () => {
  const verify = await openVerifier({ key: { kind: 'shared', secret }, algorithms: ['HS256'] });

  const { userId } = await verify(await sign({ header: { alg: 'HS256' }, key: Buffer.from(secret) }));

  assert.equal(userId, 'alice');
});

test('keys are fetched once for many tokens', limit, async () => {
  const verify = await openVerifier();
  const before = keyServer.requests;

  for (let count = 0; count < 10; count++) await verify(await sign({}));

  assert.equal(keyServer.requests - before, 1);
});

test('while the keys cannot be fetched the answer is 503, for the token may be good', limit, async () => {
  const verify = await openVerifier();
  keyServer.isBroken = true;
  const token = await sign({});

  await assert.rejects(verify(token), { code: 'UNAVAILABLE' });

  keyServer.isBroken = false;
});

test('N3: keys are fetched from the address that is configured, not from where it redirects to', limit, async () => {
  const verify = await openVerifier();
  keyServer.redirectTo = `${keyServer.url}/elsewhere`;
  const before = keyServer.requests;

  await assert.rejects(verify(await sign({})), { code: 'UNAVAILABLE' });

  assert.equal(keyServer.requests - before, 1);
  keyServer.redirectTo = undefined;
});

test('N1: keys are not fetched from an address that the egress policy denies', limit, async () => {
  const verify = await openVerifier({}, createCheckedFetch({ policy: createEgressPolicy(), trustedCertificates: [authority] }));
  const before = keyServer.requests;

  await assert.rejects(verify(await sign({})), { code: 'UNAVAILABLE' });

  assert.equal(keyServer.requests, before);
});

const minute = 60;
const now = (): number => Math.floor(Date.now() / 1000);

// RFC 8725 and the attacks that it answers. Each is the good token with one thing changed.
const forged: Readonly<Record<string, () => Promise<string>>> = {
  'no signature (none)': async () => unsigned({ alg: 'none' }),
  'no signature (nOnE)': async () => unsigned({ alg: 'nOnE' }),
  'no algorithm': async () => unsigned({}),
  'a signature that is missing': async () => (await sign({})).replace(/[^.]+$/, ''),
  'a signature of another token': async () => swapSignature(await sign({}), await sign({ payload: { sub: 'bob' } })),
  'a changed user': async () => changePayload(await sign({}), { sub: 'root' }),
  'an HMAC made with the public key (RS to HS)': async () =>
    hmac(keyPairs.RS256.publicKey.export({ type: 'spki', format: 'pem' }) as string, { alg: 'HS256', kid: 'RS256' }),
  'an HMAC made with nothing': async () => hmac('', { alg: 'HS256' }),
  'a key of somebody else under a known name': async () => sign({ key: foreign.privateKey }),
  'a key that is not in the set': async () => sign({ key: foreign.privateKey, header: { alg: 'RS256', kid: 'unknown' } }),
  'a name of the key that leads to a file': async () =>
    sign({ key: foreign.privateKey, header: { alg: 'RS256', kid: '../../../../dev/null' } }),
  'a name of the key that is SQL': async () => sign({ key: foreign.privateKey, header: { alg: 'RS256', kid: "x' union select 'key" } }),
  'a key inside of the token (jwk)': async () =>
    sign({ key: foreign.privateKey, header: { alg: 'RS256', jwk: await exportJWK(foreign.publicKey) } as JWTHeaderParameters }),
  'an address of keys inside of the token (jku)': async () =>
    sign({ key: foreign.privateKey, header: { alg: 'RS256', kid: 'x', jku: `${keyServer.url}/evil` } }),
  'an address of a certificate inside of the token (x5u)': async () =>
    sign({ key: foreign.privateKey, header: { alg: 'RS256', kid: 'x', x5u: `${keyServer.url}/evil` } }),
  'an algorithm that the key is not for': async () => sign({ key: keyPairs.RS256.privateKey, header: { alg: 'PS256', kid: 'RS256' } }),
  'an algorithm that is not on the list': async () => sign({ key: keyPairs.RS256.privateKey, header: { alg: 'RS512', kid: 'RS256' } }),
  'a critical extension that nobody knows': async () => criticalToken(),
  'no audience': async () => sign({ payload: { aud: undefined } }),
  'another audience': async () => sign({ payload: { aud: 'billing' } }),
  'no expiry': async () => sign({ payload: { exp: undefined } }),
  'an expiry in the past': async () => sign({ payload: { exp: now() - minute } }),
  'a begin in the future': async () => sign({ payload: { nbf: now() + 5 * minute } }),
  'no time of issue': async () => sign({ payload: { iat: undefined } }),
  'a time of issue in the future': async () => sign({ payload: { iat: now() + 5 * minute, exp: now() + 10 * minute } }),
  'an age of two days': async () => sign({ payload: { iat: now() - 48 * 3600, exp: now() + minute } }),
  'another issuer': async () => sign({ payload: { iss: 'https://evil.test' } }),
  'an issuer that begins the same': async () => sign({ payload: { iss: `${issuerName}.evil.test` } }),
  'no user': async () => sign({ payload: { sub: undefined } }),
  'a user that is a number': async () => sign({ payload: { sub: 17 } }),
  'two users in one': async () => sign({ payload: { sub: 'alice,mallory' } }),
  'another purpose': async () => sign({ header: { alg: 'RS256', kid: 'RS256', typ: 'logout+jwt' } }),
  'nothing in it': async () => '',
  'three dots': async () => '...',
  'JSON that is no object': async () => `${encode('[]')}.${encode('[]')}.`,
};

test('N12: there are at least 25 forged tokens', () => {
  assert.ok(Object.keys(forged).length >= 25);
});

for (const [what, forge] of Object.entries(forged)) {
  test(`N12: a token with ${what} is refused`, limit, async () => {
    const verify = await openVerifier();
    const before = keyServer.requests;

    await assert.rejects(verify(await forge()), { code: 'UNAUTHENTICATED' });

    // At most the configured keys were fetched; nothing that the token named.
    assert.ok(keyServer.requests - before <= 2);
  });
}

test('N12: a shared key, which goes with any algorithm of its family, is taken for the one of the issuer only', limit, async () => {
  const verify = await openVerifier({ key: { kind: 'shared', secret }, algorithms: ['HS256'] });

  for (const alg of ['HS384', 'HS512']) {
    await assert.rejects(verify(await sign({ header: { alg }, key: Buffer.from(secret) })), { code: 'UNAUTHENTICATED' }, alg);
  }
});

test('N12: the good token, from which the others differ, is accepted', limit, async () => {
  const verify = await openVerifier();

  assert.equal((await verify(await sign({}))).userId, 'alice');
});

for (const [what, change] of Object.entries({
  'a shared key for public algorithms': { key: { kind: 'shared', secret }, algorithms: ['RS256'] },
  'a public key for shared algorithms': { key: { kind: 'public', pem: pemOf(keyPairs.RS256.publicKey) }, algorithms: ['HS256'] },
  'keys of a set for shared algorithms': { algorithms: ['RS256', 'HS256'] },
  'one key for two algorithms': { key: { kind: 'public', pem: pemOf(keyPairs.RS256.publicKey) }, algorithms: ['RS256', 'PS256'] },
  'no algorithm': { algorithms: [] },
  'no audience': { audiences: [] },
  'a short shared key': { key: { kind: 'shared', secret: 'short' }, algorithms: ['HS256'] },
  'keys over plain http': { key: { kind: 'jwks', url: 'http://issuer.test/keys' } },
} satisfies Record<string, Partial<JwtIssuer>>)) {
  test(`an issuer with ${what} is refused at start`, limit, async () => {
    await assert.rejects(openVerifier(change as Partial<JwtIssuer>), /The token issuer https:\/\/issuer\.test cannot be used/);
  });
}

test('two issuers whose users could not be told apart are refused at start', limit, async () => {
  const other = { ...issuerOf(), issuer: 'https://other.test' };

  await assert.rejects(createJwtVerifier([issuerOf(), other], fetch), /same user prefix/);
  await createJwtVerifier([issuerOf(), { ...other, userPrefix: 'other:' }], fetch);
});

function issuerOf(change: Partial<JwtIssuer> = {}): JwtIssuer {
  return {
    issuer: issuerName,
    audiences: [audience],
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    key: { kind: 'jwks', url: keyServer.url },
    ...change,
  };
}

function openVerifier(
  change: Partial<JwtIssuer> = {},
  fetch = createCheckedFetch({ policy: createEgressPolicy({ allowHosts: ['localhost'] }), trustedCertificates: [authority] }),
): Promise<VerifyJwt> {
  return createJwtVerifier([issuerOf(change)], fetch);
}

interface TokenParts {
  readonly header?: JWTHeaderParameters;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject | Buffer;
}

const goodHeader = { alg: 'RS256', kid: 'RS256' };

function goodPayload(): JWTPayload {
  return { iss: issuerName, aud: audience, sub: 'alice', iat: now(), exp: now() + 5 * minute };
}

/** The good token, with what is given in place of its parts. */
async function sign({ header = goodHeader, payload = {}, key = keyPairs.RS256.privateKey }: TokenParts): Promise<string> {
  const claims = Object.fromEntries(Object.entries({ ...goodPayload(), ...payload }).filter(([, value]) => value !== undefined));
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function unsigned(header: object): string {
  return `${encode(JSON.stringify(header))}.${encode(JSON.stringify(goodPayload()))}.`;
}

function hmac(key: string, header: object): string {
  const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(goodPayload()))}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

function swapSignature(token: string, other: string): string {
  return `${token.slice(0, token.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`;
}

function changePayload(token: string, change: object): string {
  const [header, , signature] = token.split('.');
  return `${header}.${encode(JSON.stringify({ ...goodPayload(), ...change }))}.${signature}`;
}

async function criticalToken(): Promise<string> {
  const header = { ...goodHeader, crit: ['urn:unknown'], 'urn:unknown': true };
  return new SignJWT(goodPayload()).setProtectedHeader(header).sign(keyPairs.RS256.privateKey, { crit: { 'urn:unknown': true } });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }) as string;
}
