import { after, before, test } from 'node:test';
import type { DeploymentsService } from '../start-deployments-service.ts';
import { cancellations } from './cancellations.ts';
import { destructions, playDestruction } from './destructions.ts';
import { chooseSeed, drawOfEach } from './draw-failures.ts';
import { playFailure } from './play-failure.ts';
import type { Failure } from './play-failure.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { workerLosses } from './worker-losses.ts';
import { wrongApplications } from './wrong-applications.ts';

export interface FailureTests {
  /** The service, of which it is told how long releases are watched at first. */
  readonly start: (observeSeconds: number) => Promise<DeploymentsService>;
  /** Whether all is played, which takes long, or of each kind one, with what users see most of; or, where each takes long, one of each kind alone. */
  readonly extent: 'all' | 'short' | 'shortest';
  /** What can go wrong only where these applications run. */
  readonly more?: readonly Failure[];
  /** How the same few are played by hand. */
  readonly command: string;
}

const limit = { timeout: 3_600_000 };
/** Long enough for a user to come on any machine, where that is what something goes wrong by: it ends the watch. Elsewhere nobody waits for it. */
const observeSeconds = 20;
const seed = chooseSeed(process.env);

/** The tests that every place where applications run has to pass, whatever goes wrong. */
export function testFailures({ start, extent, more = [], command }: FailureTests): void {
  let stage: Stage;

  before(async () => {
    const service = await start(observeSeconds);
    service.change({ observeSeconds: 0 });
    await service.startWorker();
    stage = setStage(service, observeSeconds);
  }, limit);
  after(() => stage.service.stop(), limit);

  test('whatever goes wrong with a release, its users keep the one before, and nothing is left behind', limit, async (context) => {
    const all = [...wrongApplications, ...more, ...cancellations, ...workerLosses];
    const chosen = choose(all, extent);
    if (chosen === undefined) context.diagnostic(`The same again: DEPLOYGUARD_TEST_SEED=${seed} ${command}`);
    for (const failure of chosen ?? drawFailures(seed, extent, more)) await context.test(failure.what, () => playFailure(stage, failure));
  });

  if (extent === 'shortest') return;
  test('an application that is destroyed while it is being deployed is gone, and so is all that it had begun', limit, async (context) => {
    for (const destruction of choose(destructions, extent) ?? drawOfEach([destructions], seed))
      await context.test(destruction.what, () => playDestruction(stage, destruction));
  });
}

/** What is played where there is no time for all. */
export function drawFailures(seed: string, extent: FailureTests['extent'], more: readonly Failure[] = []): readonly Failure[] {
  const kinds = [wrongApplications, cancellations, workerLosses, more].filter(({ length }) => length > 0);
  const afterSwitch = wrongApplications.filter(({ ends }) => ends === 'ROLLED_BACK');
  return [...new Set([...drawOfEach(kinds, seed), ...(extent === 'short' ? afterSwitch : [])])];
}

/** Those that are asked for by name, or all where there is time for it; undefined: a few, by the seed. */
function choose<Named extends { readonly what: string }>(
  all: readonly Named[],
  extent: FailureTests['extent'],
): readonly Named[] | undefined {
  const names = process.env['DEPLOYGUARD_TEST_ROWS'];
  if (names !== undefined) return all.filter(({ what }) => new RegExp(names).test(what));
  return extent === 'all' ? all : undefined;
}
