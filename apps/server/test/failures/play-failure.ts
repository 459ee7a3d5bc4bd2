import assert from 'node:assert/strict';
import type { Stage, Status } from './stage.ts';

/** One way in which a deployment can go wrong, and what is to become of it. */
export interface Failure {
  readonly what: string;
  /** Has it go wrong, with users of `steady` there; returns the deployment that it is about. */
  readonly bring: (stage: Stage) => Promise<string>;
  readonly ends: Status;
  readonly code?: RegExp;
  /** Default: the application's. */
  readonly fault?: RegExp;
  readonly says?: RegExp;
  /** All that users may get while it goes on. Default: the release before. */
  readonly answers?: RegExp;
  /** What they have when it is over. Default: the release before. */
  readonly leaves?: string;
}

/** Whatever goes wrong: users of the release before notice nothing, the state is true, the reason can be read, and nothing is left behind. */
export async function playFailure(stage: Stage, failure: Failure): Promise<void> {
  const { bring, ends, code, fault = /^application$/, says, answers = /^200 good $/, leaves = 'good' } = failure;
  const { service } = stage;
  await stage.restore();
  const users = stage.askAllTheTime();

  const { status, last_error: error } = await stage.end(await bring(stage));
  const application = await stage.findApplication();
  const got = await users.stop();

  assert.equal(status, ends, JSON.stringify(error));
  if (code === undefined) assert.equal(error, null);
  else {
    assert.match(error!.code, code, error!.message);
    assert.match(error!.fault!, fault);
  }
  if (says !== undefined) assert.match([error!.message, ...(error!.logs ?? [])].join('\n'), says);
  assert.ok(got.length > 0);
  assert.deepEqual(
    got.filter((answer) => !answers.test(answer)),
    [],
  );
  assert.deepEqual(await service.ask('steady'), { status: 200, text: `${leaves} ` });
  assert.equal((await service.get(application!.current_deployment_id!)).status, 'EXPOSED');
  assert.deepEqual(await service.listRemains('steady'), []);
}
