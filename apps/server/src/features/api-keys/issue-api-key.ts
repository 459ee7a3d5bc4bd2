import type { ApiKeyWithSecret, BodyOf, operations } from '@deployguard/contracts';
import { createTenantResolver, parseUserId } from '../../platform/auth/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { ServiceError } from '../../service-error.ts';
import { makeApiKey } from './service.ts';

/**
 * Makes a user's key without a request, for whoever runs the service: somebody must come in first.
 *
 * @throws {ServiceError} USER_ID_INVALID.
 */
export async function issueApiKey(
  database: Pick<Database, 'asSystem' | 'asTenant'>,
  userId: string,
  body: BodyOf<typeof operations.createApiKey>,
): Promise<ApiKeyWithSecret> {
  assertUserId(userId);
  const tenantId = await createTenantResolver(database)(userId);
  return database.asTenant(tenantId, (tx) => makeApiKey(tx, body, { userId }));
}

function assertUserId(text: string): void {
  try {
    parseUserId(text);
  } catch {
    throw new ServiceError(
      'USER_ID_INVALID',
      `"${text}" is no user id: it begins with a letter or digit, holds letters, digits and . _ @ | + : - only, and is not "system", which is the service itself.`,
    );
  }
}
