import { createHash } from 'node:crypto';
import type { ContainerEngine } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import { findEngineEnvironment } from '../../platform/config/index.ts';
import { placesOf } from './places.ts';

/** The engine as the settings describe it. */
export function engineOf({ containers: { engine, runtime, ulimits } }: Config): ContainerEngine {
  const limits = ulimits.flatMap((limit) => ['--ulimit', limit]);
  const runtimeArguments = runtime === undefined ? [] : ['--runtime', runtime];
  const isPodman = engine === 'podman';
  return {
    kind: engine,
    program: engine,
    arguments: isPodman ? runtimeArguments : [],
    buildArguments: limits,
    runArguments: [...limits, ...(isPodman ? [] : runtimeArguments)],
    environment: findEngineEnvironment(),
  };
}

/** What the images of an application are called. Several services may share an engine: those that stay in it are told apart. */
export function imageRepositoryOf(config: Config, label: string): string {
  const { registry } = config.containers;
  if (registry !== undefined) return `${registry}/${label}`;
  const owner = createHash('sha256').update(placesOf(config).base).digest('hex').slice(0, 8);
  return `localhost/deployguard-${owner}/${label}`;
}
