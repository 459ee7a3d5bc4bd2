export type { Actor, Authenticate } from './actor.ts';
export { createApiKeyToken, hashApiKey, prefixOfApiKey } from './api-key-token.ts';
export { createAuthenticator } from './authenticator.ts';
export type { AuthenticatorOptions } from './authenticator.ts';
export { parseUserId } from './gateway.ts';
export { createJwtVerifier, describeJwtFaults } from './jwt.ts';
export { loadJwtIssuer, loadJwtIssuers } from './load-jwt-issuers.ts';
export type { JwtIssuer } from './jwt.ts';
export { createTenantResolver } from './tenants.ts';
