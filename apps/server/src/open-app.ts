import type { CheckedFetch } from '@deployguard/egress';
import { createFeatures } from './features/create-features.ts';
import type { FeatureDependencies } from './features/create-features.ts';
import { createAuthenticator, createJwtVerifier, loadJwtIssuers } from './platform/auth/index.ts';
import type { Authenticate } from './platform/auth/index.ts';
import type { Config } from './platform/config/index.ts';
import type { Database } from './platform/database/index.ts';
import {
  createApp,
  createDatabaseRateLimitStore,
  createMemoryRateLimitStore,
  createRateLimiter,
  registerFeature,
} from './platform/http/index.ts';
import type { App } from './platform/http/index.ts';
import type { Logger, Metrics } from './platform/telemetry/index.ts';

export interface AppServices extends FeatureDependencies {
  readonly database: Database;
  /** Reaches the key servers of token issuers. */
  readonly fetch: CheckedFetch;
  readonly isQueueUp: () => Promise<boolean>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The API as it is configured, with all features, not listening yet. */
export async function openApp(config: Config, services: AppServices): Promise<App> {
  const { http } = config;
  const isEmbedded = config.database.url === undefined;
  const app = await createApp({
    ...services,
    authenticate: await openAuthenticator(config, services),
    isLocalOnly: !hasAuthentication(config),
    allowedOrigins: http.corsOrigins,
    rateLimiter: createRateLimiter(isEmbedded ? createMemoryRateLimitStore() : createDatabaseRateLimitStore(services.database)),
    userLimit: { name: 'user', requests: http.userRequestsPerMinute, windowSeconds: 60 },
    addressLimit: { name: 'address', requests: http.addressRequestsPerMinute, windowSeconds: 60 },
    trustedProxies: http.trustedProxies,
    maxBodyBytes: http.maxBodyBytes,
    maxUploadBytes: http.maxUploadBytes,
    ...(http.metricsToken === undefined ? {} : { metricsToken: http.metricsToken }),
    ...(http.tlsCertificateFile === undefined || http.tlsKeyFile === undefined
      ? {}
      : { tls: { certificateFile: http.tlsCertificateFile, keyFile: http.tlsKeyFile } }),
  });
  for (const feature of createFeatures(services)) registerFeature(app, feature);
  return app;
}

async function openAuthenticator(config: Config, { database, fetch }: AppServices): Promise<Authenticate> {
  const { apiKeys, gatewayProofs, jwtIssuers } = config.auth;
  if (!hasAuthentication(config)) return createAuthenticator({ database, apiKeys: true, withoutCredentials: true });
  return createAuthenticator({
    database,
    apiKeys,
    ...(gatewayProofs.length === 0 ? {} : { gateway: { proofs: gatewayProofs } }),
    ...(jwtIssuers.length === 0 ? {} : { verifyJwt: await createJwtVerifier(await loadJwtIssuers(jwtIssuers), fetch) }),
  });
}

function hasAuthentication({ auth }: Config): boolean {
  return auth.apiKeys || auth.gatewayProofs.length > 0 || auth.jwtIssuers.length > 0;
}
