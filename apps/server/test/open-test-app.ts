import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { scopes as allScopes } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import { createFeatures } from '../src/features/create-features.ts';
import type { Platform } from '../src/feature.ts';
import { createAuthenticator, createJwtVerifier } from '../src/platform/auth/index.ts';
import { openDatabase } from '../src/platform/database/index.ts';
import type { Database } from '../src/platform/database/index.ts';
import { createApp, createMemoryRateLimitStore, createRateLimiter, registerFeature } from '../src/platform/http/index.ts';
import type { App, AppOptions, Feature } from '../src/platform/http/index.ts';
import type { Doorbell } from '../src/platform/queue/index.ts';
import { openTestPlatform } from './open-test-platform.ts';
import { createTestDatabase } from './create-test-database.ts';

export interface TestAppOptions extends Omit<Partial<AppOptions>, 'database'> {
  /** Beside those of the service. */
  readonly features?: readonly Feature[];
  /** Of another test service, to be shared with it. Default: one of its own. */
  readonly database?: Database;
  /** Settings that somebody made. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lets everybody on this machine in, instead of the ways that need credentials. */
  readonly withoutCredentials?: boolean;
}

export interface TestApp {
  readonly app: App;
  readonly url: string;
  readonly database: Database;
  /** Of the login that owns the tables, unless the database is another's. */
  readonly migrationUrl: string | undefined;
  /** What the features stand on. */
  readonly platform: Platform;
  /** Switches the queue that operations may need. */
  readonly queue: { isUp: boolean };
  /** Every line that was logged. */
  readonly log: string[];
  /** Headers of a gateway that lets the user in. */
  asGateway(userId: string): Record<string, string>;
  /** Headers of a token for the user with the scopes; default: all. `expires` as in "10m" or "1 hour ago". */
  asUser(userId: string, scopes?: readonly Scope[], expires?: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

const testIssuer = 'https://issuer.test';
const testAudience = 'deployguard';

/** The whole API over a database of its own, listening on a port of its own, every way of signing in open. */
export async function openTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { features = [], withoutCredentials = false, database: shared, environment = {}, ...overrides } = options;
  const logins = shared === undefined ? await createTestDatabase() : undefined;
  const database = shared ?? openDatabase({ url: logins!.url });
  const { platform, downloadKey, log, close: closePlatform } = await openTestPlatform(database, environment);
  const queue = { isUp: true };
  const proof = randomBytes(24).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const issuer = {
    issuer: testIssuer,
    audiences: [testAudience],
    algorithms: ['HS256'],
    key: { kind: 'shared', secret },
  } as const;
  const verifyJwt = await createJwtVerifier([issuer], fetch);

  const app = await createApp({
    authenticate: createAuthenticator(
      withoutCredentials
        ? { database, apiKeys: true, withoutCredentials }
        : { database, apiKeys: true, gateway: { proofs: [proof] }, verifyJwt },
    ),
    isLocalOnly: withoutCredentials,
    allowedOrigins: [],
    rateLimiter: createRateLimiter(createMemoryRateLimitStore()),
    userLimit: { name: 'user', requests: 100_000, windowSeconds: 60 },
    addressLimit: { name: 'address', requests: 100_000, windowSeconds: 60 },
    isQueueUp: async () => queue.isUp,
    database,
    logger: platform.logger,
    metrics: platform.metrics,
    downloads: { storage: platform.storage, key: downloadKey },
    ...overrides,
  });
  const doorbell: Doorbell = { ...platform.doorbell, isUp: async () => queue.isUp };
  for (const feature of createFeatures({ ...platform, doorbell })) registerFeature(app, feature);
  for (const feature of features) registerFeature(app, feature);
  const { url } = await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    app,
    url,
    database,
    migrationUrl: logins?.migrationUrl,
    platform,
    queue,
    log,
    asGateway: (userId) => ({ 'x-user-id': userId, 'x-gateway-proof': proof }),
    async asUser(userId, scopes = allScopes, expires = '10m') {
      const token = await new SignJWT({ scope: scopes.join(' ') })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(testIssuer)
        .setAudience(testAudience)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(Buffer.from(secret));
      return { authorization: `Bearer ${token}` };
    },
    async close() {
      await app.close(1);
      await closePlatform();
      if (logins === undefined) return;
      await database.close();
      await logins.stop();
    },
  };
}
