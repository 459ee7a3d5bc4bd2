import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { createSchemaCheck } from '../../platform/database/index.ts';
import { checkServices } from './check-services.ts';
import type { ServiceChecks } from './check-services.ts';

/** Whether the service runs, and whether all that it needs is there. */
export function createHealthFeature({ database, doorbell, storage }: Pick<Platform, 'database' | 'doorbell' | 'storage'>): Feature {
  const findSchemaFault = createSchemaCheck();
  const checks: ServiceChecks = {
    rabbitmq: () => doorbell.isUp(),
    storage: () => storage.isUp(),
    database: async () => (await findSchemaFault(database.db)) ?? true,
  };
  return {
    name: 'health',
    register(api) {
      api.add(operations.getHealth, async () => ({ status: 'healthy', service: 'deployguard-api' }) as const);
      api.add(operations.getReadiness, async (_, reply) => {
        const { services, missing } = await checkServices(checks, doorbell.name);
        if (missing.length === 0) return { status: 'ready', services, queue: doorbell.name } as const;
        reply.code(503);
        return { status: 'not_ready', services, queue: doorbell.name, message: `Not available: ${missing.join(', ')}.` } as const;
      });
    },
  };
}
