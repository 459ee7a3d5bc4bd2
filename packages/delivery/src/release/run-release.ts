import { DeliveryError } from '../delivery-error.ts';
import type { Instance } from '../targets/target.ts';
import { collectLogs } from './collect-logs.ts';
import { listReached, ownIds } from './release-run.ts';
import type { ReleaseFailure, ReleaseOutcome, ReleaseRun, ReleaseWork } from './release-run.ts';
import { bringUp, drainAndStop, releaseSteps } from './release-steps.ts';
import type { Step } from './release-steps.ts';
import { tryAgain } from './try-again.ts';

/**
 * Brings a release to its users: prepare, start beside the old one, wait until it is healthy, smoke tests, switch, observe, stop the old one.
 *
 * Every step can be repeated, so a run that died is called again with the same arguments and `resumeFrom`. Outcomes are values; it throws only
 * when it was aborted for another reason than CANCELLED, or when the platform itself fails, and then leaves everything as it is.
 */
export async function runRelease(run: ReleaseRun): Promise<ReleaseOutcome> {
  const [hostName] = run.hosts;
  if (hostName === undefined) throw new DeliveryError('RELEASE_INVALID', 'A release needs at least one host name to be reached by.');
  const work: ReleaseWork = { ...defaults, ...run, hostName, instances: [] };
  const first = await findFirstStep(work);
  const resumed = releaseSteps.find(({ name }) => name === run.resumeFrom);
  // Whichever step is made again for it: an attempt before has led users to it.
  const mayBeSeen = resumed !== undefined && resumed.onFailure !== 'discard';
  for (const [index, step] of releaseSteps.entries()) {
    if (index < first || step.applies?.(work) === false) continue;
    // A step that has not begun has changed nothing.
    let { onFailure } = releaseSteps[index - 1] ?? step;
    try {
      await run.emit({ step: step.name, state: 'started' });
      if (step.onFailure !== 'carry-on') run.signal.throwIfAborted();
      ({ onFailure } = step);
      await tryAgain(() => step.run(work), {
        signal: run.signal,
        onPause: (message) => run.emit({ step: step.name, state: 'news', message }),
      });
      await run.emit({ step: step.name, state: 'done' });
    } catch (error) {
      const reason = run.signal.aborted ? (run.signal.reason as unknown) : error;
      if (!(reason instanceof DeliveryError)) throw reason;
      return await giveUp(work, { ...step, onFailure: mayBeSeen && onFailure === 'discard' ? 'roll-back' : onFailure }, reason);
    }
  }
  return { status: 'serving', instances: work.instances };
}

const defaults = { releaseCommandSeconds: 1200, settleMs: 1500, observeMs: 5000, drainMs: 30_000, graceMs: 10_000 };

/** Steps that were done are left out, as long as what they made is still there. */
async function findFirstStep(work: ReleaseWork): Promise<number> {
  const resumeFrom = releaseSteps.findIndex(({ name }) => name === work.resumeFrom);
  const start = releaseSteps.findIndex(({ name }) => name === 'start');
  if (resumeFrom <= start) return Math.max(0, resumeFrom);
  const present = await work.target.list(work.release.application);
  const own = present.filter((instance) => ownIds(work).includes(instance.id));
  const states = await Promise.all(own.map((instance) => work.target.inspect(instance)));
  if (own.length < ownIds(work).length || states.some((state) => state === undefined || state.status === 'exited')) return 0;
  work.instances = own;
  return resumeFrom;
}

async function giveUp(work: ReleaseWork, { name: step, onFailure }: Step, error: DeliveryError): Promise<ReleaseOutcome> {
  await work.emit({ step, state: 'failed', message: error.message });
  if (onFailure === 'carry-on') return { status: 'serving', instances: work.instances };
  const failure: ReleaseFailure = {
    step,
    error,
    logs: await collectLogs(work.target, [...(work.releaseCommand ? [work.releaseCommand] : []), ...work.instances]),
  };
  // What undoes is not to be stopped by what stopped the run.
  const undoing: ReleaseWork = { ...work, signal: new AbortController().signal };
  if (onFailure === 'discard') {
    await discard(undoing);
    return { status: error.code === 'CANCELLED' ? 'cancelled' : 'failed', ...failure };
  }

  await work.emit({ step: 'roll-back', state: 'started', error });
  let serving: readonly Instance[];
  try {
    const onPause = (message: string) => work.emit({ step: 'roll-back', state: 'news', message });
    serving = await tryAgain(() => goBack(undoing), { signal: undoing.signal, onPause });
  } catch (cause) {
    if (!(cause instanceof DeliveryError)) throw cause;
    await work.emit({ step: 'roll-back', state: 'failed', message: cause.message });
    return { status: 'rollback-failed', rollbackError: cause, ...failure };
  }
  await work.emit({ step: 'roll-back', state: 'done' });
  await discard(undoing);
  await endLeftovers(undoing, serving);
  return { status: 'rolled-back', ...failure };
}

/** Users get the previous release back: first it is looked at, as closely as a new one. What serves it is the answer. */
async function goBack(work: ReleaseWork): Promise<readonly Instance[]> {
  const { router, hosts, previous, release } = work;
  if (previous === undefined) {
    for (const host of hosts) await router.setRoute({ host, application: release.application, release: release.id, upstreams: [] });
    return [];
  }
  const running = await findRunning(work, previous.id);
  // No name of a process begins with a hyphen: none of the new release has an id of these.
  const instances = await bringUp({ ...work, release: previous, instances: running, id: `${work.id}--back` });
  const upstreams = listReached(instances).map(({ address }) => address);
  for (const host of hosts) await router.setRoute({ host, application: previous.application, release: previous.id, upstreams });
  return instances;
}

async function findRunning({ target, release, id }: ReleaseWork, of: string): Promise<readonly Instance[]> {
  const own = ownIds({ id, release });
  const present = await target.list(release.application);
  const candidates = present.filter((instance) => instance.release === of && !own.includes(instance.id));
  const states = await Promise.all(candidates.map((instance) => target.inspect(instance)));
  return candidates.filter((_, index) => states[index]?.status === 'running');
}

async function discard(work: ReleaseWork): Promise<void> {
  const own = (await work.target.list(work.release.application)).filter(({ id }) => ownIds(work).includes(id));
  await drainAndStop(work, own);
}

/** What else is left of the release that serves again, or is about to start again, would do every job a second time. */
async function endLeftovers(work: ReleaseWork, serving: readonly Instance[]): Promise<void> {
  const kept = serving.map(({ id }) => id);
  const present = await work.target.list(work.release.application);
  await drainAndStop(
    work,
    present.filter(({ id, release }) => release === work.previous?.id && !kept.includes(id)),
  );
}
