import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { forEachTenant, rowsPerRound } from '../../platform/database/index.ts';
import { forgetApiKeys } from './queries.ts';
import { createApiKeyService } from './service.ts';

/** How long a key that has ended is still listed. */
const keptDays = 90;

/** Keys for programs: made, listed, rotated and revoked by those who may. */
export function createApiKeysFeature({ database }: Pick<Platform, 'database'>): Feature {
  const apiKeys = createApiKeyService(database);
  return {
    name: 'api-keys',
    register(api) {
      api.add(operations.createApiKey, ({ caller, body, idempotency }) => apiKeys.create(caller, body, idempotency));
      api.add(operations.listApiKeys, ({ caller, query }) => apiKeys.list(caller, query));
      api.add(operations.getApiKey, ({ caller, params }) => apiKeys.get(caller, params.id));
      api.add(operations.rotateApiKey, ({ caller, params, body, idempotency }) => apiKeys.rotate(caller, params.id, body, idempotency));
      api.add(operations.revokeApiKey, ({ caller, params }) => apiKeys.revoke(caller, params.id));
    },
    duties: [
      {
        name: 'forget-api-keys',
        everySeconds: 86_400,
        run: (signal) => forEachTenant(database, signal, (inTenant) => inTenant((tx) => forgetApiKeys(tx, keptDays, rowsPerRound))),
      },
    ],
  };
}
