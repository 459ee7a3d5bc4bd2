import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DeploymentsService } from '../start-deployments-service.ts';
import { cancellations, heldStates, hold } from './cancellations.ts';
import { playFailure } from './play-failure.ts';
import type { Failure } from './play-failure.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { workerLosses } from './worker-losses.ts';
import { wrongApplications } from './wrong-applications.ts';

export interface FailureTests {
  /** The service, of which it is told how long releases are watched at first. */
  readonly start: (observeSeconds: number) => Promise<DeploymentsService>;
  /** Whether all is played, which takes long, or a few of each kind. */
  readonly isLong: boolean;
  /** What can go wrong only where these applications run. */
  readonly more?: readonly Failure[];
}

const limit = { timeout: 3_600_000 };
/** Long enough for a user to come on any machine, where that is what something goes wrong by: it ends the watch. Elsewhere nobody waits for it. */
const observeSeconds = 20;
/** Which few rows are played. */
const seed = Number(process.env['DEPLOYGUARD_TEST_SEED'] ?? 2);

/** The tests that every place where applications run has to pass, whatever goes wrong. */
export function testFailures({ start, isLong, more = [] }: FailureTests): void {
  let stage: Stage;

  before(async () => {
    const service = await start(observeSeconds);
    service.change({ observeSeconds: 0 });
    await service.startWorker();
    stage = setStage(service, observeSeconds);
  }, limit);
  after(() => stage.service.stop(), limit);

  test('whatever goes wrong with a release, its users keep the one before, and nothing is left behind', limit, async (context) => {
    context.diagnostic(`DEPLOYGUARD_TEST_SEED=${seed}`);
    const all = [...wrongApplications, ...more, ...cancellations, ...workerLosses];
    for (const failure of choose(all, isLong) ?? draw()) await context.test(failure.what, () => playFailure(stage, failure));
  });

  test('an application that is destroyed while it is being deployed is gone, and so is all that it had begun', limit, async (context) => {
    const plays = heldStates.map((state) => ({ what: `it is destroyed while it is ${state}`, play: () => destroyIn(stage, state) }));
    for (const { what, play } of choose(plays, isLong) ?? [plays[seed % plays.length]!]) await context.test(what, play);
  });
}

/** Of each kind some; the one after the switch always. */
function draw(): readonly Failure[] {
  const pick = (failures: readonly Failure[], turn: number): Failure => failures[Math.floor(seed / 97 ** turn) % failures.length]!;
  return [
    pick(wrongApplications, 0),
    wrongApplications.find(({ ends }) => ends === 'ROLLED_BACK')!,
    pick(cancellations, 1),
    pick(workerLosses, 2),
  ];
}

/** Those that are asked for by name, or all where there is time for it. */
function choose<Named extends { readonly what: string }>(all: readonly Named[], isLong: boolean): readonly Named[] | undefined {
  const names = process.env['DEPLOYGUARD_TEST_ROWS'];
  if (names !== undefined) return all.filter(({ what }) => new RegExp(names).test(what));
  return isLong ? all : undefined;
}

async function destroyIn(stage: Stage, state: (typeof heldStates)[number]): Promise<void> {
  const { service } = stage;
  await hold(stage, state, 'doomed');
  const application = await stage.findApplication('doomed');

  const { status } = await service.call('DELETE', `/api/v2/applications/${application!.id}`);
  const gone = await service.settle('doomed');

  assert.equal(status, 202);
  assert.equal(gone, undefined);
  assert.equal((await service.ask('doomed')).status, 404);
  assert.deepEqual(await service.listRemains('doomed'), []);
}
