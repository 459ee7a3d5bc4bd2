import { createHash } from 'node:crypto';
import type { ContainerEngine } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import { findEngineEnvironment } from '../../platform/config/index.ts';
import { placesOf } from './places.ts';

/** The engine as the settings describe it. */
export function engineOf({ containers }: Config, baseImages: Readonly<Record<string, string>> = {}): ContainerEngine {
  const { engine, runtime, ulimits, registry, baseRegistries } = containers;
  const limits = ulimits.flatMap((limit) => ['--ulimit', limit]);
  const runtimeArguments = runtime === undefined ? [] : ['--runtime', runtime];
  const isPodman = engine === 'podman';
  // Docker knows by itself that registries on this machine need no TLS.
  const withoutTls = (names: readonly string[]): string[] =>
    isPodman && names.length > 0 && names.every(isOnThisMachine) ? ['--tls-verify=false'] : [];
  return {
    kind: engine,
    program: engine,
    arguments: isPodman ? runtimeArguments : [],
    buildArguments: [...limits, ...withoutTls([...Object.values(baseImages), ...baseRegistries])],
    runArguments: [...limits, ...(isPodman ? [] : runtimeArguments)],
    pushArguments: withoutTls(registry === undefined ? [] : [registry]),
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

function isOnThisMachine(name: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3})(?::\d+)?(?:\/|$)/.test(name);
}
