import type { Feature, Platform } from './feature.ts';
import { createAuthenticator, createJwtVerifier, loadJwtIssuers } from './platform/auth/index.ts';
import type { Authenticate } from './platform/auth/index.ts';
import type { Config } from './platform/config/index.ts';
import {
  createApp,
  createDatabaseRateLimitStore,
  createMemoryRateLimitStore,
  createRateLimiter,
  registerFeature,
} from './platform/http/index.ts';
import type { App } from './platform/http/index.ts';

/** What the API itself uses of the platform; the rest is for its features. */
interface AppPlatform extends Pick<Platform, 'config' | 'database' | 'doorbell' | 'egress' | 'logger' | 'metrics' | 'storage' | 'tracing'> {
  readonly downloadKey: Uint8Array | undefined;
}

/** The API as it is configured, not listening yet. */
export async function openApp(platform: AppPlatform, features: readonly Feature[]): Promise<App> {
  const { config, database, doorbell, logger, metrics, storage, downloadKey } = platform;
  const { http } = config;
  const isEmbedded = config.database.url === undefined;
  const app = await createApp({
    database,
    logger,
    metrics,
    tracing: platform.tracing,
    isQueueUp: () => doorbell.isUp(),
    authenticate: await openAuthenticator(platform),
    isLocalOnly: !hasAuthentication(config),
    allowedOrigins: http.corsOrigins,
    rateLimiter: createRateLimiter(isEmbedded ? createMemoryRateLimitStore() : createDatabaseRateLimitStore(database)),
    userLimit: { name: 'user', requests: http.userRequestsPerMinute, windowSeconds: 60 },
    addressLimit: { name: 'address', requests: http.addressRequestsPerMinute, windowSeconds: 60 },
    trustedProxies: http.trustedProxies,
    maxBodyBytes: http.maxBodyBytes,
    maxUploadBytes: http.maxUploadBytes,
    ...(downloadKey === undefined ? {} : { downloads: { storage, key: downloadKey } }),
    ...(http.metricsToken === undefined ? {} : { metricsToken: http.metricsToken }),
    ...(http.tlsCertificateFile === undefined || http.tlsKeyFile === undefined
      ? {}
      : { tls: { certificateFile: http.tlsCertificateFile, keyFile: http.tlsKeyFile } }),
  });
  for (const feature of features) registerFeature(app, feature);
  return app;
}

async function openAuthenticator({ config, database, egress }: AppPlatform): Promise<Authenticate> {
  const { apiKeys, gatewayProofs, jwtIssuers } = config.auth;
  if (!hasAuthentication(config)) return createAuthenticator({ database, apiKeys: true, withoutCredentials: true });
  return createAuthenticator({
    database,
    apiKeys,
    ...(gatewayProofs.length === 0 ? {} : { gateway: { proofs: gatewayProofs } }),
    ...(jwtIssuers.length === 0 ? {} : { verifyJwt: await createJwtVerifier(await loadJwtIssuers(jwtIssuers), egress.fetch) }),
  });
}

function hasAuthentication({ auth }: Config): boolean {
  return auth.apiKeys || auth.gatewayProofs.length > 0 || auth.jwtIssuers.length > 0;
}
