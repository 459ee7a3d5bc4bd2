import { operations } from '@deployguard/contracts';
import { sql } from 'kysely';
import type { Feature, Platform } from '../../feature.ts';
import { checkServices } from './check-services.ts';
import type { ServiceChecks } from './check-services.ts';

/** Whether the service runs, and whether all that it needs is there. */
export function createHealthFeature({ database, doorbell, storage }: Pick<Platform, 'database' | 'doorbell' | 'storage'>): Feature {
  const checks: ServiceChecks = {
    rabbitmq: () => doorbell.isUp(),
    storage: () => storage.isUp(),
    database: async () => (await sql`select 1`.execute(database.db)).rows.length === 1,
  };
  return {
    name: 'health',
    register(api) {
      api.add(operations.getHealth, async () => ({ status: 'healthy', service: 'deployguard-api' }) as const);
      api.add(operations.getReadiness, async (_, reply) => {
        const services = await checkServices(checks);
        const missing = Object.entries(services).flatMap(([name, isUp]) => (isUp ? [] : [name]));
        if (missing.length === 0) return { status: 'ready', services, queue: doorbell.name } as const;
        reply.code(503);
        return { status: 'not_ready', services, queue: doorbell.name, message: `Not available: ${missing.join(', ')}.` } as const;
      });
    },
  };
}
