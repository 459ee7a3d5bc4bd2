import type { TargetKind } from '@deployguard/contracts';
import type { Config } from '../../platform/config/index.ts';

/** Where new applications run; undefined when nobody chose it and the service is not only its owner's. */
export function chooseTarget({ deployments, auth, database }: Config): TargetKind | undefined {
  if (deployments.target !== undefined) return deployments.target;
  return isForOne({ auth, database }) ? 'process' : undefined;
}

/** Without authentication there is one user: whoever started the service. */
export function isForOne({ auth, database }: Pick<Config, 'auth' | 'database'>): boolean {
  return database.url === undefined && !auth.apiKeys && auth.gatewayProofs.length === 0 && auth.jwtIssuers.length === 0;
}
