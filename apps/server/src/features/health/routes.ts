import { operations } from '@deployguard/contracts';
import type { Ready } from '@deployguard/contracts';
import type { Feature } from '../../platform/http/index.ts';
import { checkServices } from './check-services.ts';
import type { ServiceChecks } from './check-services.ts';

/** Whether the service runs, and whether all that it needs is there. */
export function createHealthFeature(options: { readonly queue: Ready['queue']; readonly checks: ServiceChecks }): Feature {
  return {
    name: 'health',
    register(api) {
      api.add(operations.getHealth, async () => ({ status: 'healthy', service: 'deployguard-api' }) as const);
      api.add(operations.getReadiness, async (_, reply) => {
        const services = await checkServices(options.checks);
        const missing = Object.entries(services).flatMap(([name, isUp]) => (isUp ? [] : [name]));
        if (missing.length === 0) return { status: 'ready', services, queue: options.queue } as const;
        reply.code(503);
        return { status: 'not_ready', services, queue: options.queue, message: `Not available: ${missing.join(', ')}.` } as const;
      });
    },
  };
}
