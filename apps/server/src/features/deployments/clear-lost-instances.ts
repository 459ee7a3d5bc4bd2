import type { Target } from '@deployguard/delivery';

/** Frees what instances held that ended with their supervisors, as when the machine went down. Whoever has the application for itself calls it. */
export async function clearLostInstances(target: Target, application: string): Promise<void> {
  for (const instance of await target.list(application, { withEnded: true })) {
    const state = await target.inspect(instance, { seesPorts: false });
    if (state?.isLost) await target.stop(instance, { graceMs: 0 });
  }
}
