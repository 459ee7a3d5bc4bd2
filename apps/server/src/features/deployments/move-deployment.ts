import type { DeploymentStatus } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { announceState } from './announce-state.ts';
import { deploymentChangedError } from './deployment-error.ts';
import { updateDeployment } from './deployment-queries.ts';
import type { DeploymentRow } from './deployment-queries.ts';
import { steps } from './states.ts';

interface Move {
  readonly from: readonly DeploymentStatus[];
  readonly to: DeploymentStatus;
  readonly change?: Parameters<typeof updateDeployment>[3];
  /** For whoever follows. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Takes a deployment to another state, and tells so. Throws DEPLOYMENT_CHANGED when it is in none that leads there. */
export async function moveDeployment(tx: Tx, id: string, { from, to, change = {}, details }: Move): Promise<DeploymentRow> {
  const moved = await updateDeployment(tx, id, from, { status: to, step: null, current_step: steps[to], ...change });
  if (moved === undefined) throw deploymentChangedError();
  await announceState(tx, id, to, { application_id: moved.application_id, ...details });
  return moved;
}
