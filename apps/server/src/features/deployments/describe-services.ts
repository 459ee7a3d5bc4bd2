import type { DeploymentConfig } from '@deployguard/contracts';
import type { Analysis } from '@deployguard/delivery';

/** Servers that an application seems to want beside it: nobody makes them here, so that whoever deploys has to know. */
export function describeServices({ services }: Pick<Analysis, 'services'>, { application = {} }: DeploymentConfig): string[] {
  if (services.length === 0) return [];
  const names = services.map(({ value, file }) => (file === undefined ? value : `${value} (${file})`)).join(', ');
  const isTold = Object.keys(application.env_vars ?? {}).length > 0;
  const hint = isTold ? '' : ' Say where they are: `deployguard apps env set`.';
  return [`It seems to want ${names} beside it, which is not made here.${hint}`];
}
