import type { Application } from '@deployguard/contracts';
import { DeliveryError } from '@deployguard/delivery';
import type { Target } from '@deployguard/delivery';
import type { ApplicationView } from './application-queries.ts';

type SeenInstance = Application['instance_states'][number];

/** What runs of the release that users have. Nothing where that is another machine's, or the engine does not tell: what else is known is shown all the same. */
export async function seeInstances(target: Target, application: ApplicationView): Promise<SeenInstance[]> {
  if (application.current_release_id === null || application.is_stopped) return [];
  try {
    return await listSeen(target, application);
  } catch (error) {
    if (error instanceof DeliveryError && error.fault === 'engine') return [];
    throw error;
  }
}

async function listSeen(target: Target, application: ApplicationView): Promise<SeenInstance[]> {
  const instances = (await target.list(application.label)).filter(({ release }) => release === application.current_release_id);
  const seen = await Promise.all(
    instances.map(async (instance): Promise<SeenInstance[]> => {
      const state = await target.inspect(instance, { seesPorts: false });
      if (state === undefined) return [];
      const { status, restarts, lastExit } = state;
      return [
        {
          process: instance.process ?? 'web',
          status,
          restarts,
          started_at: instance.startedAt,
          last_exit: lastExit === undefined ? null : { exit_code: lastExit.exitCode, reason: lastExit.reason, at: lastExit.at },
        },
      ];
    }),
  );
  return seen.flat().toSorted((one, other) => (one.process < other.process ? -1 : one.process > other.process ? 1 : 0));
}

/** Nothing of what users reach runs, though it should. */
export function isCrashing(instances: readonly SeenInstance[]): boolean {
  const reached = instances.filter((instance) => instance.process === 'web');
  return reached.length > 0 && reached.every(({ status }) => status !== 'running');
}
