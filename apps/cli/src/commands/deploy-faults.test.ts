import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectRouter } from '@deployguard/delivery';
import { findFreePort } from '@deployguard/testkit';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { type CliOptions, type CliRun, runCli } from '../../test/run-cli.ts';
import { type StartedService, startService } from '../../test/start-service.ts';

const limit = { timeout: 600_000 };
let service: StartedService;

before(async () => {
  service = await startService({
    DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(await findFreePort()),
    DEPLOYGUARD_DEPLOYMENTS_OBSERVE_SECONDS: '0',
  });
});
after(async () => {
  const data = service.environment['DEPLOYGUARD_DATA_DIRECTORY']!;
  const router = connectRouter({ controlPath: join(data, 'deployments', 'router', 'control.sock') });
  await service[Symbol.asyncDispose]();
  await router.stop().catch(() => {});
});

function run(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return runCli(args, { ...options, environment: { DEPLOYGUARD_SERVER: service.url } });
}

/** An application that is started by this line of a shell, and needs nothing. */
function startedBy(line: string, more = ''): Record<string, string> {
  return { 'deployguard.yaml': `deployment: { application: { install_command: 'true', start_command: '${line}'${more} } }\n` };
}

/** An instance that ends at once may be started twice: its lines tell which time it was. */
const talkative = 'at=$(date +%N); for i in $(seq 101 130); do echo line $i of $at; done; exit 3';

function listLines(output: string): string[] {
  return [...output.matchAll(/line 1\d\d of \d+/g)].map(([line]) => line);
}

test('what an application printed last stands once in the output, with its deployment and afterwards', limit, async () => {
  using repository = aWorkTree('talkative');
  repository.commit(startedBy(talkative));

  const deployed = await run(['deploy', repository.path]);
  const printed = await run(['apps', 'logs', 'talkative', '--deployment', '1']);
  const followed = await run(['apps', 'logs', 'talkative', '--deployment', '1', '--follow', '--json']);

  assert.equal(deployed.exitCode, 5, deployed.output);
  for (const { output } of [deployed, printed, followed]) {
    const lines = listLines(output.replaceAll(/^.*The last that it printed.*$/gm, ''));
    for (const number of [101, 115, 130])
      assert.equal(
        lines.some((line) => line.startsWith(`line ${number}`)),
        true,
        output,
      );
    assert.deepEqual(lines, [...new Set(lines)]);
  }
  assert.match(printed.stdout, /^-- FAILED$/m);
});

test('what is not committed is not deployed, and a warning says so', limit, async () => {
  using repository = aWorkTree('uncommitted');
  repository.commit({ ...startedBy('exit 3'), '.gitignore': 'ignored\n', 'kept.txt': 'kept\n' });

  const clean = await run(['deploy', repository.path, '--detach']);
  repository.write({ 'kept.txt': 'changed\n', ignored: 'x\n', 'new one.txt': 'x\n', 'folder/a.txt': 'x\n', 'folder/b.txt': 'x\n' });
  const changed = await run(['deploy', repository.path, '--detach']);
  const quiet = await run(['deploy', repository.path, '--detach', '--quiet']);

  assert.doesNotMatch(clean.stderr, /warning/);
  assert.match(changed.stderr, /warning: 3 changes are not committed, and are not deployed: kept\.txt, folder\/, new one\.txt\. Commit/);
  assert.deepEqual([quiet.stderr, quiet.exitCode], ['', 0]);
});
