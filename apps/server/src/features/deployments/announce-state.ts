import type { DeploymentStatus } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { appendEvents } from '../../platform/events/index.ts';
import { queueWebhookEvent } from '../webhooks/index.ts';

/** Tells the followers of a deployment, and whoever has events posted, that its state is another one now. */
export async function announceState(
  tx: Tx,
  deploymentId: string,
  status: DeploymentStatus,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await queueWebhookEvent(tx, `deployment.${status.toLowerCase()}`, { deployment_id: deploymentId, status, ...details });
  await appendEvents(tx, deploymentId, [{ kind: 'state', data: { status, ...details } }]);
}
