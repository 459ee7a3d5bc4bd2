import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { findHomes } from './find-homes.ts';

test('the home is that of the environment and that of the list of users; a folder of the programs of the system is none', (context) => {
  const before = process.env['HOME'];
  context.after(() => {
    process.env['HOME'] = before;
  });
  const findWith = (home: string): string[] => {
    process.env['HOME'] = home;
    return findHomes();
  };
  const listed = userInfo().homedir;

  assert.deepEqual(findWith('/srv/deployguard'), ['/srv/deployguard', listed]);
  assert.deepEqual(findWith('/usr/share/deployguard'), ['/usr/share/deployguard', listed]);
  for (const home of ['/usr/sbin', '/usr', '/usr/local', '']) assert.deepEqual(findWith(home), [listed], home);
});
