import { createProcessTarget, ensureRouter } from '@deployguard/delivery';
import type { Router, Target } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { findSearchPath } from '../../platform/config/index.ts';
import { routerOrderOf } from '../../router.ts';
import { placesOf } from './places.ts';

/** What applications run on. */
export interface Runtime {
  readonly target: Target;
  readonly router: Router;
}

export type OpenRuntime = () => Promise<Runtime>;

/** Opens it when it is needed: making a feature uses nothing of the platform. A router that does not run is started; it outlives the service. */
export function createRuntimeOpener(platform: Platform): OpenRuntime {
  let target: Target | undefined;
  return async () => {
    target ??= createProcessTarget({ directory: placesOf(platform.config).instances, searchPath: findSearchPath() });
    return { target, router: await ensureRouter(routerOrderOf(platform.config)) };
  };
}
