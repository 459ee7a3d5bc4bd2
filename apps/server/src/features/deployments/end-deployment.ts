import type { Tx } from '../../platform/database/index.ts';
import type { EndingDeployment } from './deployment-queries.ts';
import type { LastError } from './last-error.ts';
import { moveDeployment } from './move-deployment.ts';
import { endOpenBuilds } from './release-queries.ts';

const afterSwitch: readonly (string | null)[] = ['switch', 'observe', 'retire'];

/**
 * Ends a deployment that came to nothing, and that nobody is at any more. From what users may have seen they are to be led back: the next task of the
 * application does so, and says whether that went well.
 */
export async function endDeployment(
  tx: Tx,
  { id, application_id, status, step, last_error: before }: EndingDeployment,
  { to, error }: { readonly to: 'FAILED' | 'CANCELLED'; readonly error: LastError },
): Promise<void> {
  await endOpenBuilds(tx, id);
  const wasSwitched = status === 'ROLLING_BACK' || afterSwitch.includes(step);
  await moveDeployment(tx, id, {
    from: [status],
    to: wasSwitched ? 'ROLLING_BACK' : to,
    // Why users are led back is known already.
    change: status === 'ROLLING_BACK' && before !== null ? {} : { last_error: JSON.stringify(error) },
    details: { application_id, error: { code: error.code, message: error.message } },
  });
}
