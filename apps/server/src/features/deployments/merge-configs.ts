import type { DeploymentConfig } from '@deployguard/contracts';

/** What a request says is stronger than what the repository says. */
export function mergeConfigs(repository: DeploymentConfig, request: DeploymentConfig): DeploymentConfig {
  const [from, over] = [repository.application ?? {}, request.application ?? {}];
  return {
    application: {
      ...from,
      ...over,
      ...(from.env_vars || over.env_vars ? { env_vars: { ...from.env_vars, ...over.env_vars } } : {}),
      ...(from.resources || over.resources ? { resources: { ...from.resources, ...over.resources } } : {}),
      ...(from.health || over.health ? { health: { ...from.health, ...over.health } } : {}),
      ...(from.processes || over.processes ? { processes: { ...from.processes, ...over.processes } } : {}),
    },
  };
}
