export type { Actor, Authenticate } from './actor.ts';
export { createApiKeyToken, hashApiKey, prefixOfApiKey } from './api-key-token.ts';
export { createAuthenticator } from './authenticator.ts';
export type { AuthenticatorOptions } from './authenticator.ts';
export { createCheckedFetch } from './checked-fetch.ts';
export { createJwtVerifier, jwtAlgorithms } from './jwt.ts';
export type { JwtAlgorithm, JwtIssuer } from './jwt.ts';
