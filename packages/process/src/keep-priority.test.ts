import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { runProcess } from './run-process.ts';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

test('what a patient program starts is as patient, its session included', async () => {
  const program = `
    const { startProcess } = await import(${JSON.stringify(new URL('./start-process.ts', import.meta.url).href)});
    const { getPriority } = await import('node:os');
    const { existsSync, readFileSync } = await import('node:fs');
    const child = startProcess({ program: 'sleep', args: ['60'], env: process.env });
    const session = '/proc/' + child.pid + '/autogroup';
    console.log(getPriority(child.pid), existsSync(session) ? readFileSync(session, 'latin1').trim() : '');
    await child.kill();`;

  const { stdout, stderr } = await runProcess({
    program: 'nice',
    args: ['-n', '7', process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    env,
  });

  assert.equal(stderr, '');
  assert.match(stdout.toString(), existsSync('/proc/self/autogroup') ? /^7 \S+ nice 7\n$/ : /^7 \n$/);
});
