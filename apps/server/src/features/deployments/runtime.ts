import type { TargetKind } from '@deployguard/contracts';
import { createContainerTarget, createProcessTarget, ensureRouter } from '@deployguard/delivery';
import type { ApplicationSandbox, Router, Target } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { findSearchPath } from '../../platform/config/index.ts';
import type { Config } from '../../platform/config/index.ts';
import { routerOrderOf } from '../../router.ts';
import { chooseSandbox } from './choose-sandbox.ts';
import { engineOf } from './container-engine.ts';
import { placesOf } from './places.ts';

/** What an application runs on. */
export interface Runtime {
  readonly target: Target;
  readonly router: Router;
}

export type OpenRuntime = (kind: TargetKind) => Promise<Runtime>;

/** Apart from those of processes; below what systems give to outgoing connections by default. */
const containerPorts = { from: 30_000, to: 32_767 };

export type OpenTarget = (kind: TargetKind) => Target;

/** Opens each kind when it is needed: making a feature uses nothing of the platform. */
export function createTargetOpener({ config }: Pick<Platform, 'config'>): OpenTarget {
  const targets = new Map<TargetKind, Target>();
  return (kind) => {
    const target = targets.get(kind) ?? openTarget(kind, config);
    targets.set(kind, target);
    return target;
  };
}

/** A router that does not run is started; it outlives the service. */
export function createRuntimeOpener({ config }: Pick<Platform, 'config'>, openTargetOf: OpenTarget): OpenRuntime {
  return async (kind) => ({ target: openTargetOf(kind), router: await ensureRouter(routerOrderOf(config)) });
}

function openTarget(kind: TargetKind, config: Config): Target {
  const { instances, containers } = placesOf(config);
  return kind === 'process'
    ? createProcessTarget({
        directory: instances,
        searchPath: findSearchPath(),
        openSandbox: (application) => openSandbox(config, application),
      })
    : createContainerTarget({ directory: containers, ports: containerPorts, engine: engineOf(config) });
}

/** Programs that a build installed, and what serves finished files, are started where the build lies. */
async function openSandbox(config: Config, application: string): Promise<ApplicationSandbox | undefined> {
  const { ground } = await chooseSandbox(config);
  return ground && { ...ground, readable: [placesOf(config).application(application).builds] };
}
