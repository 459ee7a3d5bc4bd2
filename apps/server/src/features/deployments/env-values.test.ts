import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { loadKeyring } from '../../platform/keyring/index.ts';
import { listChanged, listInUse, sealReleaseEnv, sealVariable } from './env-values.ts';

async function openKeyrings() {
  using directory = createTemporaryDirectory();
  const open = (name: string) => loadKeyring({ file: join(directory.path, name), mayCreate: true });
  return { keyring: await open('keys'), other: await open('others') };
}

test('what runs has the values that it was started with; what cannot be opened any more can still be set anew', async () => {
  const { keyring, other } = await openKeyrings();
  const release = { id: 'release', sealed_env: sealReleaseEnv(keyring, 'release', { SAME: 'a', OTHER: 'b', LOST: 'c', toString: 'd' }) };
  const variable = (name: string, value: string, by = keyring) => ({ name, sealed_value: sealVariable(by, 'application', name, value) });
  const variables = [variable('SAME', 'a'), variable('OTHER', 'new'), variable('LOST', 'c', other), variable('ADDED', 'e')];

  assert.deepEqual([...listInUse(keyring, 'application', release, variables)], ['SAME']);
  assert.deepEqual([...listInUse(other, 'application', release, variables)], []);
});

test('variables that were added, changed or taken away since a release are named; all of them when its values are lost', async () => {
  const { keyring, other } = await openKeyrings();
  const release = { id: 'release', sealed_env: sealReleaseEnv(keyring, 'release', { SAME: 'a', CHANGED: 'b', GONE: 'c', PATH: '/bin' }) };
  const names = ['SAME', 'CHANGED', 'GONE'];
  const given = { SAME: 'a', CHANGED: 'new', ADDED: 'd' };

  assert.deepEqual(listChanged(keyring, release, names, given), ['ADDED', 'CHANGED', 'GONE']);
  assert.deepEqual(listChanged(keyring, release, ['SAME'], { SAME: 'a' }), []);
  assert.deepEqual(listChanged(other, release, names, given), ['ADDED', 'CHANGED', 'GONE', 'SAME']);
});
