import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseReleaseCommand } from './choose-release-command.ts';

const migrate = 'yarn prisma migrate deploy';

test('what is named runs before a release, or else what is sure; a guess does not, and that is told', () => {
  const guess = { releaseCommand: { value: migrate, rule: 'node-migrations', confidence: 'medium' } } as const;
  const sure = { releaseCommand: { value: migrate, rule: 'procfile', confidence: 'high' } } as const;

  assert.deepEqual(chooseReleaseCommand(sure, {}), { command: migrate });
  assert.deepEqual(chooseReleaseCommand(guess, { application: { release_command: 'true' } }), { command: 'true' });
  assert.deepEqual(chooseReleaseCommand({}, {}), {});
  const { command, remark } = chooseReleaseCommand(guess, {});
  assert.equal(command, undefined);
  assert.match(remark!, /`yarn prisma migrate deploy` does not run .*`release_command`/);
});
