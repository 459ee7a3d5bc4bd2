import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectRouter } from '@deployguard/delivery';
import { findFreePort } from '@deployguard/testkit';
import { runCli } from '../../test/run-cli.ts';
import { startService } from '../../test/start-service.ts';

const example = join(import.meta.dirname, '..', '..', '..', '..', 'examples', 'node-http');

test('what the README says brings an example to its users: its address is printed, and answers', { timeout: 600_000 }, async () => {
  await using cleanup = new AsyncDisposableStack();
  const port = await findFreePort();
  const service = await startService({ DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(port), DEPLOYGUARD_DEPLOYMENTS_OBSERVE_SECONDS: '0' });
  const data = service.environment['DEPLOYGUARD_DATA_DIRECTORY']!;
  const router = connectRouter({ controlPath: join(data, 'deployments', 'router', 'control.sock') });
  cleanup.defer(() => service[Symbol.asyncDispose]());
  cleanup.defer(() => router.stop().catch(() => {}));
  const run = (...args: string[]) => runCli(args, { environment: { DEPLOYGUARD_SERVER: service.url } });

  const deployed = await run('deploy', example);
  const answer = await ask(port);
  const shown = await run('apps', 'show', 'node-http');
  const set = await run('apps', 'env', 'set', 'node-http', 'SECRET_THING=open sesame');
  const listed = await run('apps', 'env', 'list', 'node-http');
  const printed = await run('apps', 'logs', 'node-http');
  const pinned = await run('apps', 'pin', 'node-http', '1');
  const releases = await run('apps', 'releases', 'node-http');
  const restarted = await run('apps', 'restart', 'node-http');
  const listedThen = await run('apps', 'env', 'list', 'node-http');
  const printedBefore = await run('apps', 'logs', 'node-http', '--release', '1');
  // What served before is still being ended.
  const stopped = await run('apps', 'stop', 'node-http');
  const printedWhileStopped = await run('apps', 'logs', 'node-http');
  const both = await run('apps', 'logs', 'node-http', '--release', '1', '--deployment', '1');
  const never = await run('apps', 'restart', 'node-http', '--release', '9');
  const destroyed = await run('apps', 'destroy', 'node-http', '--yes');
  while ((await ask(port)) !== 404) await new Promise((resolve) => setTimeout(resolve, 100));
  while ((await run('apps', 'list', '--json')).stdout.trim() !== '[]') await new Promise((resolve) => setTimeout(resolve, 100));

  assert.equal(deployed.exitCode, 0, deployed.output);
  assert.equal(deployed.stdout, `http://node-http.localhost:${port}\n`);
  assert.equal(answer, 200);
  assert.match(shown.stdout, /EXPOSED/);
  assert.equal(set.exitCode, 0, set.output);
  assert.match(set.stderr, /`deployguard apps restart node-http`/);
  assert.match(listed.stdout, /SECRET_THING.*from the next deployment on/);
  assert.deepEqual([restarted.exitCode, restarted.stdout], [0, deployed.stdout], restarted.output);
  assert.match(listedThen.stdout, /SECRET_THING/);
  assert.doesNotMatch(listedThen.stdout, /from the next deployment on/);
  assert.equal(stopped.exitCode, 0, stopped.output);
  assert.match(printedBefore.stdout, /^listening on \d+$/m);
  assert.match(printedWhileStopped.stdout, /^listening on \d+$/m);
  assert.match(printedWhileStopped.stderr, /Nothing of node-http runs\. This is what it printed before it was stopped\./);
  assert.deepEqual([both.exitCode, /Choose one of them/.test(both.stderr)], [2, true]);
  assert.equal(never.exitCode, 2, never.output);
  assert.match(never.stderr, /There is no release 9/);
  assert.doesNotMatch(listed.output, /open sesame/);
  assert.match(printed.stdout, /^listening on \d+$/m);
  assert.equal(pinned.exitCode, 0, pinned.output);
  assert.match(releases.stdout, /current, pinned/);
  assert.equal(destroyed.exitCode, 0, destroyed.output);
});

async function ask(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, headers: { host: 'node-http.localhost' } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .on('error', reject)
      .end();
  });
}
