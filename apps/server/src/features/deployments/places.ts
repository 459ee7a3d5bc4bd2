import { join } from 'node:path';
import type { Config } from '../../platform/config/index.ts';

/** Where what belongs to applications lies on the machine that runs them. */
export function placesOf({ deployments, dataDirectory }: Config) {
  const base = deployments.directory ?? join(dataDirectory, 'deployments');
  return {
    base,
    /** Of the targets: instances and their logs. */
    instances: join(base, 'instances'),
    containers: join(base, 'containers'),
    application(label: string) {
      const directory = join(base, 'applications', label);
      return { directory, builds: join(directory, 'builds'), cache: join(directory, 'cache'), images: join(directory, 'images') };
    },
  };
}
