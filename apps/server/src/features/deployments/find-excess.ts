import type { DeploymentConfig } from '@deployguard/contracts';
import type { BackgroundProcess } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { countProcessesOf } from './count-processes.ts';
import { parseCpu, parseMemory } from './parse-resources.ts';
import type { RunSpec } from './release-spec.ts';

export interface Excess {
  /** Of the setting, in a configuration. */
  readonly path: readonly string[];
  readonly message: string;
}

/** The first setting that asks for more than the operator allows. What asks for too much is refused, for nobody expects half of it. */
export function findExcess(
  { application = {} }: DeploymentConfig,
  { limits }: Pick<Config, 'limits'>,
  background: readonly BackgroundProcess[] = [],
): Excess | undefined {
  const { cpu, memory } = application.resources ?? {};
  const at = (...path: string[]): readonly string[] => ['application', ...path];
  if (cpu !== undefined && parseCpu(cpu) > limits.maxCpuMillisPerDeployment) {
    return { path: at('resources', 'cpu'), message: `is more than the ${limits.maxCpuMillisPerDeployment}m that a release may have` };
  }
  if (memory !== undefined && parseMemory(memory) > limits.maxMemoryBytesPerDeployment) {
    return {
      path: at('resources', 'memory'),
      message: `is more than the ${limits.maxMemoryBytesPerDeployment} bytes that a release may have`,
    };
  }
  if ((application.replicas ?? 1) > limits.maxInstancesPerDeployment) {
    return { path: at('replicas'), message: `is more than the ${limits.maxInstancesPerDeployment} that an application may have` };
  }
  const all = background.reduce((sum, { instances }) => sum + instances, application.replicas ?? 1);
  if (all > limits.maxInstancesPerDeployment) {
    return {
      path: at('processes'),
      message: `are ${all} instances together with those that users reach, more than the ${limits.maxInstancesPerDeployment} that an application may have`,
    };
  }
  return undefined;
}

/** Why the application, which may have been scaled, cannot have the release; undefined: it can. */
export function findTooMany(
  run: Pick<RunSpec, 'instances' | 'background'>,
  application: Pick<ApplicationRow, 'name' | 'instances' | 'process_instances'>,
  { limits: { maxInstancesPerDeployment } }: Pick<Config, 'limits'>,
): string | undefined {
  const all = Object.values(countProcessesOf(run, application)).reduce((sum, count) => sum + count);
  if (all <= maxInstancesPerDeployment) return undefined;
  return `The release would have ${all} instances, more than the ${maxInstancesPerDeployment} that an application may have (limits.maxInstancesPerDeployment). Scale it down first, as by \`deployguard apps scale ${application.name} 1\`.`;
}
