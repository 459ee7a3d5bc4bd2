import { DeliveryError } from '../delivery-error.ts';
import type { Instance } from '../targets/target.ts';
import { awaitStable } from './await-stable.ts';
import { observeInstances } from './observe-instances.ts';
import { probeInstance } from './probe-instance.ts';
import { listReached, ownIds, planInstances } from './release-run.ts';
import type { ReleaseWork, StepName } from './release-run.ts';
import { hasReleaseCommand, runReleaseCommand } from './run-release-command.ts';
import { runTogether } from './run-together.ts';
import { scanOutput } from './scan-output.ts';
import { runSmokeTests } from './smoke-test.ts';

/** A part of the way, as data: what runs it, shows it and tests it sees the same. */
export interface Step {
  readonly name: StepName;
  /** Until users may have seen the release it is discarded, then the previous one is brought back, and once that is to go nothing leads back. */
  readonly onFailure: 'discard' | 'roll-back' | 'carry-on';
  /** Default: always. */
  applies?(work: ReleaseWork): boolean;
  /** Can be repeated, also after it was broken off anywhere. */
  run(work: ReleaseWork): Promise<void>;
}

export const releaseSteps: readonly Step[] = [
  { name: 'prepare', onFailure: 'discard', run: ({ target, release, signal }) => target.prepare(release, { signal }) },
  { name: 'release', onFailure: 'discard', applies: hasReleaseCommand, run: runReleaseCommand },
  { name: 'start', onFailure: 'discard', run: startInstances },
  { name: 'healthy', onFailure: 'discard', run: awaitHealth },
  { name: 'smoke', onFailure: 'discard', run: test },
  { name: 'switch', onFailure: 'roll-back', run: switchTraffic },
  { name: 'observe', onFailure: 'roll-back', run: observe },
  { name: 'retire', onFailure: 'carry-on', run: retire },
];

/** The steps until the switch, for a release whose instances may run already. */
export async function bringUp(work: ReleaseWork): Promise<readonly Instance[]> {
  if (work.instances.length < ownIds(work).length) {
    await work.target.prepare(work.release, { signal: work.signal });
    await startInstances(work);
  }
  await awaitHealth(work);
  await test(work);
  return work.instances;
}

async function startInstances(work: ReleaseWork): Promise<void> {
  const { target, release, signal } = work;
  work.instances = await runTogether(planInstances(work), signal, (planned, either) =>
    target.startCandidate(release, { ...planned, signal: either }),
  );
}

async function awaitHealth({ target, instances, release, hostName, settleMs, signal, emit }: ReleaseWork): Promise<void> {
  const onAttempt = (attempt: number, finding: string): void => {
    void emit({ step: 'healthy', state: 'news', message: `Attempt ${attempt} of ${release.health.attempts}: ${finding}.` });
  };
  await runTogether(instances, signal, (instance, either) =>
    instance.process === undefined
      ? probeInstance(target, instance, release.health, { hostName, signal: either, onAttempt })
      : awaitStable(target, instance, { settleMs, signal: either }),
  );
}

async function test({ target, instances, release, hostName, signal }: ReleaseWork): Promise<void> {
  for (const instance of listReached(instances)) await runSmokeTests(instance, release.smoke ?? [], { hostName, signal });
  for (const instance of instances) await scanOutput(target, instance, release.failOnOutput ?? []);
}

async function switchTraffic({ router, hosts, release, instances }: ReleaseWork): Promise<void> {
  const upstreams = listReached(instances).map(({ address }) => address);
  for (const host of hosts) await router.setRoute({ host, application: release.application, release: release.id, upstreams });
}

async function observe({ target, instances, release, observeMs, hostName, signal }: ReleaseWork): Promise<void> {
  await observeInstances(target, instances, release.health, { durationMs: observeMs, hostName, signal });
}

/** All that is not of this run is of releases before it. */
async function retire(work: ReleaseWork): Promise<void> {
  const old = (await work.target.list(work.release.application)).filter(({ id }) => !ownIds(work).includes(id));
  await drainAndStop({ ...work, signal: withoutCancel(work.signal) }, old);
}

/** Of instances that users are led to no more, when their last requests have ended. */
export async function drainAndStop(
  { target, router, drainMs, graceMs, signal }: ReleaseWork,
  instances: readonly Instance[],
): Promise<void> {
  await router.drain(
    instances.map(({ address }) => address),
    { limitMs: drainMs, signal },
  );
  await Promise.all(instances.map((instance) => target.stop(instance, { graceMs })));
}

/** Cancelling comes too late by now. */
function withoutCancel(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const pass = (): void => {
    if (!(signal.reason instanceof DeliveryError)) controller.abort(signal.reason);
  };
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  return controller.signal;
}
