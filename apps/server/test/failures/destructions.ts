import assert from 'node:assert/strict';
import { anApplication } from '../an-application.ts';
import { heldStates, hold, holdWayBack } from './cancellations.ts';
import type { Stage } from './stage.ts';
import { awaitAnswer } from './worker-losses.ts';

/** When an application can be destroyed. */
export interface Destruction {
  readonly what: string;
  /** Whether a release of it has users, who have it until it is destroyed. */
  readonly hasUsers: boolean;
  /** Has it destroyed right then. */
  readonly bring: (stage: Stage) => Promise<unknown>;
}

const name = 'doomed';

export const destructions: readonly Destruction[] = [
  ...heldStates.map((state): Destruction => ({
    what: `it is destroyed while it is ${state}`,
    hasUsers: false,
    async bring(stage) {
      await hold(stage, state, name);
      await destroy(stage);
    },
  })),
  ...heldStates.map((state): Destruction => ({
    what: `it is destroyed while it is ${state}, and users have the release before`,
    hasUsers: true,
    async bring(stage) {
      await serve(stage);
      await hold(stage, state, name);
      await destroy(stage);
    },
  })),
  {
    what: 'it is destroyed while it is HEALTHY',
    hasUsers: true,
    async bring(stage) {
      const { service, deploy, reach } = stage;
      await serve(stage);
      service.change({ observeSeconds: 600 });
      await reach(await deploy(anApplication('new'), {}, name), 'HEALTHY', 'observe');
      await destroy(stage);
      service.change({ observeSeconds: 0 });
    },
  },
  {
    what: 'it is destroyed while it is ROLLING_BACK',
    hasUsers: true,
    async bring(stage) {
      await holdWayBack(stage, name);
      await destroy(stage);
    },
  },
  {
    what: 'the worker is killed while it is destroyed',
    hasUsers: true,
    async bring(stage) {
      await serve(stage);
      await stage.loseWorker(
        () => destroy(stage),
        () => awaitAnswer(stage, 404, name),
      );
    },
  },
];

/** It is gone, and so is all that it had begun. Its users get what they had, then that it is not there, and nothing else. */
export async function playDestruction(stage: Stage, { hasUsers, bring }: Destruction): Promise<void> {
  const { service } = stage;
  const users = stage.askAllTheTime(name);

  await bring(stage);
  const gone = await service.settle(name);
  const got = [...(await users.stop()), `${(await service.ask(name)).status} `];

  assert.equal(gone, undefined);
  assert.deepEqual(
    listChanges(got),
    hasUsers ? ['404', '200', '404'] : ['404'],
    got.find((answer) => !/^(200|404) /.test(answer)),
  );
  assert.deepEqual(await service.listRemains(name), []);
}

async function serve({ deploy, end }: Stage): Promise<void> {
  const { status, last_error: error } = await end(await deploy(anApplication('good'), {}, name), name);
  assert.equal(status, 'EXPOSED', JSON.stringify(error));
}

async function destroy({ service, findApplication }: Stage): Promise<string> {
  const { id } = (await findApplication(name))!;
  const { status, text } = await service.call('DELETE', `/api/v2/applications/${id}`);
  assert.equal(status, 202, text);
  return id;
}

/** How they were answered, one after another. */
function listChanges(answers: readonly string[]): readonly string[] {
  return answers.map((answer) => answer.split(' ')[0]!).filter((status, index, all) => status !== all[index - 1]);
}
