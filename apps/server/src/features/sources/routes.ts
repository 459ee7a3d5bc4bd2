import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { createSourceService } from './service.ts';
import { createSourceTasks } from './tasks.ts';

/** Repositories that are uploaded, because they have no address. */
export function createSourcesFeature(platform: Platform): Feature {
  const sources = createSourceService(platform);
  return {
    name: 'sources',
    register(api) {
      api.add(operations.createSource, ({ caller, body, signal, idempotency }) => sources.create(caller, body, { signal, idempotency }));
      api.add(operations.deleteSource, ({ caller, params }) => sources.remove(caller, params.id));
    },
    tasks: createSourceTasks(platform),
    duties: [{ name: 'expire-sources', everySeconds: 3600, run: (signal) => sources.expire(signal) }],
  };
}
