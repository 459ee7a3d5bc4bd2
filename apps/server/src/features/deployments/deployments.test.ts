import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Release } from '@deployguard/contracts';
import { createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer } from '@deployguard/testkit';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { playUpdateAndRollback } from '../../../test/play-update-and-rollback.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { startLoad } from '../../../test/start-load.ts';

const limit = { timeout: 600_000 };
let service: DeploymentsService;
let git: TestGitServer;
const repository = createTestRepository({ bare: true });

before(async () => {
  git = await startTestGitServer({ root: dirname(repository.gitDir) });
  service = await startDeploymentsService({
    git,
    environment: { DEPLOYGUARD_DEPLOYMENTS_KEEP_RELEASES: '2', DEPLOYGUARD_LIMITS_MAX_APPLICATIONS_PER_USER: '50' },
  });
  await service.startWorker();
});
after(async () => {
  await service.stop();
  await git.close();
  await repository.dispose();
});

function deploy(
  name: string,
  files: Record<string, string>,
  application: Record<string, unknown> = {},
  body: Record<string, unknown> = {},
) {
  return service.deploy(name, files, { ...body, config: { application: { ...quickly, ...application } } });
}

async function listReleases(deploymentId: string): Promise<Release[]> {
  return (await service.call('GET', `/api/v2/deployments/${deploymentId}/releases`)).json['items'] as Release[];
}

async function inTenant<T>(act: Parameters<typeof service.platform.database.asTenant<T>>[1]): Promise<T> {
  const { database } = service.platform;
  const [tenant] = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  return await database.asTenant(tenant!.tenant_id, act);
}

interface PrintedLine {
  readonly sequence: number;
  readonly data: { readonly line: string; readonly status?: string };
}

/** The events of a log, as they come. */
function followLines(path: string) {
  const lines: PrintedLine[] = [];
  const left = new AbortController();
  const reading = (async () => {
    const headers = await service.app.asUser('alice');
    const { body } = await fetch(`${service.app.url}/api/v2/${path}`, { headers, signal: left.signal });
    let rest = '';
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const data = /^data: (\{"sequence".*)$/m.exec(block)?.[1];
        if (data !== undefined) lines.push(JSON.parse(data) as PrintedLine);
      }
    }
  })().catch(() => {});
  return {
    async until(isEnough: (lines: readonly PrintedLine[]) => boolean): Promise<readonly PrintedLine[]> {
      while (!isEnough(lines)) await delay(20);
      return lines;
    },
    /** Resolves when the service ends it. */
    ended: reading,
    leave: () => {
      left.abort();
      return reading;
    },
  };
}

test(
  'a commit becomes an application that its users reach; under load they get one release or the other and nothing else; a rollback brings back code, configuration and secrets, and is checked',
  limit,
  async () => {
    await playUpdateAndRollback(service);
  },
);

test(
  'the last good releases are kept, those that are pinned as well; what is not kept cannot be gone back to, and nothing of its secrets stays',
  limit,
  async () => {
    service.change({ keepReleases: 1 });
    const ids: string[] = [];
    for (const version of ['one', 'two', 'three', 'four']) {
      const id = await deploy('kept', anApplication(version));
      const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED');
      assert.equal(status, 'EXPOSED', JSON.stringify(error));
      await service.settle('kept');
      ids.push(id);
      if (version !== 'one') continue;
      const [release] = await listReleases(id);
      const pinned = await service.call('PATCH', `/api/v2/releases/${release!.id}`, { is_pinned: true });
      assert.deepEqual([pinned.status, pinned.json['is_pinned']], [200, true]);
    }
    const last = ids.at(-1)!;

    const releases = await listReleases(last);
    const removed = releases.find(({ number }) => number === 2)!;
    const sbom = await service.call('GET', `/api/v2/releases/${removed.id}/sbom`);
    const { application_id: applicationId } = await service.get(last);
    const rows = await inTenant((tx) => tx.selectFrom('releases').selectAll().where('application_id', '=', applicationId).execute());
    const secretive = rows.filter(({ sealed_env: env, attestation }) => env.length > 0 || attestation !== null);
    const pinRemoved = await service.call('PATCH', `/api/v2/releases/${removed.id}`, { is_pinned: true });
    const backToRemoved = await service.call('POST', `/api/v2/deployments/${last}/rollback`, { release_id: removed.id });
    const backToPinned = await service.call('POST', `/api/v2/deployments/${last}/rollback`, { release_id: releases.at(-1)!.id });
    await service.waitFor(last, 'ROLLED_BACK');
    await service.settle('kept');
    service.change({ keepReleases: 2 });

    assert.deepEqual(
      releases.map(({ number, is_available: isAvailable, is_pinned: isPinned }) => [number, isAvailable, isPinned]),
      [
        [4, true, false],
        // What users had before is kept, however few are.
        [3, true, false],
        [2, false, false],
        [1, true, true],
      ],
    );
    assert.deepEqual(secretive.map(({ number }) => number).sort(), [1, 3, 4]);
    assert.match(String(sbom.json['detail']), /not kept any more/);
    assert.deepEqual([pinRemoved.status, backToRemoved.status, backToPinned.status], [409, 422, 202]);
    assert.deepEqual(await service.ask('kept'), { status: 200, text: 'one ' });
    assert.deepEqual(await service.listRemains('kept'), []);
  },
);

test('a rollback leads to what users had before, and never to a release that they were led away from', limit, async () => {
  service.change({ keepReleases: 1 });
  const expose = async (version: string): Promise<string> => {
    const id = await deploy('back', anApplication(version));
    const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED');
    assert.equal(status, 'EXPOSED', JSON.stringify(error));
    await service.settle('back');
    return id;
  };
  const rollBack = async (id: string): Promise<string> => {
    assert.equal((await service.call('POST', `/api/v2/deployments/${id}/rollback`, {})).status, 202);
    await service.waitFor(id, 'ROLLED_BACK');
    await service.settle('back');
    return (await service.ask('back')).text;
  };
  await expose('good');

  const first = await rollBack(await expose('bad'));
  const second = await rollBack(await expose('worse'));
  const last = await expose('better');
  const kept = (await listReleases(last)).filter(({ is_available: isAvailable }) => isAvailable).map(({ number }) => number);
  const third = await rollBack(last);
  service.change({ keepReleases: 2 });

  assert.deepEqual([first, second, third], ['good ', 'good ', 'good ']);
  assert.deepEqual(kept, [4, 1]);
});

test('a restart gives what is built already the variables of now, as a release that can be rolled back from', limit, async () => {
  const files = anApplication('one', { answer: 'response.write(`${process.env.SETTING} `);' });
  const first = await deploy('restarted', files, { env_vars: { SETTING: 'configured' }, replicas: 2 });
  const { application_id: id } = await service.waitFor(first, 'EXPOSED', 'FAILED');
  const before = await service.settle('restarted');
  const listBuilds = async (deployment: string) =>
    (await service.call('GET', `/api/v2/deployments/${deployment}/builds`)).json['items'] as unknown[];
  const restart = async (releaseId: string, change: Record<string, unknown>) => {
    await service.call('PATCH', `/api/v2/applications/${id}/env`, change);
    const { json } = await service.call('POST', '/api/v2/deployments', { from_release_id: releaseId });
    const deployment = await service.waitFor(String(json['id']), 'EXPOSED', 'FAILED', 'ROLLED_BACK');
    await service.settle('restarted');
    return { deployment, text: (await service.ask('restarted')).text, builds: await listBuilds(deployment.id) };
  };

  const covered = await restart(before!.current_release_id!, { set: { SETTING: 'own', GREETING: 'hello' } });
  const uncovered = await restart(covered.deployment.release_id!, { unset: ['SETTING'] });
  const releases = await listReleases(uncovered.deployment.id);
  const running = await service.listInstances('restarted');
  await service.call('POST', `/api/v2/deployments/${uncovered.deployment.id}/rollback`, {});
  await service.waitFor(uncovered.deployment.id, 'ROLLED_BACK', 'ROLLBACK_FAILED');
  await service.settle('restarted');
  const back = await service.ask('restarted');

  const { status, number, git_sha: commit, from_release_id: from, source_id: source, metadata } = covered.deployment;
  const original = await service.get(first);
  assert.deepEqual(
    [status, number, commit, from, source, metadata],
    ['EXPOSED', 2, original.git_sha, before!.current_release_id, original.source_id, original.metadata],
  );
  assert.deepEqual([(await listBuilds(first)).length, covered.builds, uncovered.builds], [1, [], []]);
  assert.deepEqual([covered.text, uncovered.text, back.text], ['own one hello', 'configured one hello', 'own one hello']);
  assert.deepEqual(
    releases.map((release) => [release.digest === releases[0]!.digest, release.variables, release.changed_variables]),
    [
      [true, ['GREETING', 'SETTING'], ['SETTING']],
      [true, ['GREETING', 'SETTING'], ['GREETING', 'SETTING']],
      [true, ['SETTING'], []],
    ],
  );
  assert.equal(running.length, 2);
  assert.deepEqual(await service.listRemains('restarted'), []);
});

test(
  'a restart of what is not kept, of an application that is not the one, or with what nothing is built from, is refused',
  limit,
  async () => {
    const { release_id: release } = await service.waitFor(await deploy('refused', anApplication('one')), 'EXPOSED', 'FAILED');
    await service.settle('refused');
    const restart = async (body: Record<string, unknown>) => {
      const { status, json } = await service.call('POST', '/api/v2/deployments', body);
      return [status, (json['errors'] as { path: string }[])[0]!.path];
    };

    assert.deepEqual(await restart({ from_release_id: release, application: 'another' }), [422, '/application']);
    assert.deepEqual(await restart({ from_release_id: release, branch: 'main' }), [422, '/branch']);
    assert.deepEqual(await restart({ from_release_id: release, source_id: release }), [422, '/repo_url']);
    assert.deepEqual(await restart({ from_release_id: randomUUID() }), [422, '/from_release_id']);
    const { json } = await service.call('GET', '/api/v2/deployments?application=refused');
    assert.equal((json['items'] as unknown[]).length, 1);
  },
);

test('what lost its supervisor, or its program with it, is replaced, and users notice nothing', limit, async () => {
  const files = anApplication('one', { answer: "if (request.url === '/end') process.exit();" });
  const id = await deploy('orphaned', files, { replicas: 2 });
  await service.waitFor(id, 'EXPOSED', 'FAILED');
  await service.settle('orphaned');
  const [orphaned, lost] = await service.listInstances('orphaned');
  const { routerHost: host, routerPort: port } = service.platform.config.deployments;
  const keep = async (): Promise<readonly string[]> => {
    await service.keepApplications();
    await service.settle('orphaned');
    return (await service.listInstances('orphaned')).map((instance) => instance.id);
  };
  const untouched = await keep();

  await service.killSupervisor(orphaned!);
  const load = startLoad({ host, port, name: 'orphaned.localhost', perSecond: 40 });
  const afterOrphaned = await keep();
  const answers = await load.stop();
  await keep();
  const [victim] = await service.listInstances('orphaned');
  await service.killSupervisor(victim!);
  await fetch(`http://127.0.0.1:${victim!.address.port}/end`).catch(() => {});
  while ((await service.listInstances('orphaned')).length > 1) await delay(20);
  const afterLost = await keep();

  assert.deepEqual(new Set(untouched), new Set([orphaned!.id, lost!.id]));
  assert.equal(afterOrphaned.length, 2);
  assert.deepEqual([...answers.keys()], ['200 one ']);
  assert.ok(!afterOrphaned.includes(orphaned!.id));
  assert.equal(afterLost.length, 2);
  assert.ok(!afterLost.includes(victim!.id));
  assert.deepEqual(await service.listRemains('orphaned'), []);
});

test('what cannot be brought back is not tried again at once, and what is left of it serves on', limit, async () => {
  let status = 200;
  await using gatekeeper = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(gatekeeper, 'listening');
  const { port } = gatekeeper.address() as AddressInfo;
  const setup = `require('node:http').get('http://127.0.0.1:${port}', (answer) => answer.statusCode === 200 || process.exit(7));`;
  const id = await deploy('hopeless', anApplication('one', { setup }), { replicas: 2 });
  const { application_id: applicationId } = await service.waitFor(id, 'EXPOSED', 'FAILED');
  await service.settle('hopeless');
  const keep = async (): Promise<number> => {
    await service.keepApplications();
    await service.settle('hopeless');
    const { json } = await service.call('GET', '/api/v2/audit?action=application_applied&limit=200');
    const entries = json['items'] as { details: { application_id: string } }[];
    return entries.filter(({ details }) => details.application_id === applicationId).length;
  };
  const [orphaned] = await service.listInstances('hopeless');

  status = 503;
  await service.killSupervisor(orphaned!);
  const tries = [await keep(), await keep()];
  const answer = await service.ask('hopeless');
  const { last_error: error, status: state } = await service.get(id);

  assert.deepEqual(tries, [1, 1]);
  assert.deepEqual(answer, { status: 200, text: 'one ' });
  assert.deepEqual([state, error?.code], ['EXPOSED', 'CRASHED']);
  // It ends with its instances, not with the test.
  status = 200;
  await service.call('DELETE', `/api/v2/applications/${applicationId}`);
  await service.settle('hopeless');
});

test(
  'where leading users back failed, what they have can be stopped and started, and nothing is said of that any more',
  limit,
  async () => {
    let status = 200;
    await using gatekeeper = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(gatekeeper, 'listening');
    const { port } = gatekeeper.address() as AddressInfo;
    const setup = `require('node:http').get('http://127.0.0.1:${port}', (answer) => answer.statusCode === 200 || process.exit(7));`;
    await service.waitFor(await deploy('stuck', anApplication('one', { setup })), 'EXPOSED', 'FAILED');
    const id = await deploy('stuck', anApplication('two'));
    const { application_id: applicationId } = await service.waitFor(id, 'EXPOSED', 'FAILED');
    await service.settle('stuck');
    const change = async (action: string) => {
      await service.call('POST', `/api/v2/applications/${applicationId}/${action}`);
      await service.settle('stuck');
      const { status: state, last_error: error } = await service.get(id);
      return [state, error];
    };

    status = 503;
    await service.call('POST', `/api/v2/deployments/${id}/rollback`, {});
    const failed = await service.waitFor(id, 'ROLLED_BACK', 'ROLLBACK_FAILED');
    await service.settle('stuck');
    const stopped = await change('stop');
    const started = await change('start');
    status = 200;
    const rollback = await service.call('POST', `/api/v2/deployments/${id}/rollback`, {});
    const back = await service.waitFor(id, 'ROLLED_BACK', 'ROLLBACK_FAILED');
    await service.settle('stuck');

    assert.deepEqual([failed.status, failed.last_error?.code], ['ROLLBACK_FAILED', 'CRASHED']);
    assert.deepEqual(stopped, ['STOPPED', null]);
    assert.deepEqual(started, ['EXPOSED', null]);
    assert.deepEqual([rollback.status, back.status], [202, 'ROLLED_BACK']);
    assert.deepEqual(await service.ask('stuck'), { status: 200, text: 'one ' });
  },
);

test(
  'users are led back from a deployment that was gone on with after they had been led to it, and cannot be started any more',
  limit,
  async () => {
    let status = 200;
    await using gatekeeper = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(gatekeeper, 'listening');
    const { port } = gatekeeper.address() as AddressInfo;
    const setup = `require('node:http').get('http://127.0.0.1:${port}', (answer) => answer.statusCode === 200 || process.exit(7));`;
    await service.waitFor(await deploy('resumed', anApplication('one')), 'EXPOSED', 'FAILED');
    const [old] = await service.listInstances('resumed');
    service.change({ observeSeconds: 600 });
    const id = await deploy('resumed', anApplication('two', { setup }));
    while ((await service.get(id)).step !== 'observe') await delay(20);

    await service.stopWorkers();
    status = 503;
    service.change({ observeSeconds: 0 });
    const [own] = (await service.listInstances('resumed')).filter((instance) => instance.id !== old!.id);
    await service.target.stop(own!, { graceMs: 0 });
    await service.startWorker();
    const ended = await service.waitFor(id, 'EXPOSED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_FAILED');
    await service.settle('resumed');

    assert.deepEqual([ended.status, ended.last_error?.code], ['ROLLED_BACK', 'CRASHED']);
    assert.deepEqual(await service.ask('resumed'), { status: 200, text: 'one ' });
    assert.deepEqual(await service.listRemains('resumed'), []);
  },
);

test(
  'a deployment that is cancelled while no worker is at it is ended like any other: users who were led to it are led back, and it says so',
  limit,
  async () => {
    const cancel = async (id: string) => (await service.call('DELETE', `/api/v2/deployments/${id}?only=cancel`)).json['status'];
    await service.waitFor(await deploy('left', anApplication('one')), 'EXPOSED', 'FAILED');
    await service.settle('left');
    service.change({ observeSeconds: 600 });
    const watched = await deploy('left', anApplication('two'));
    const building = await deploy('unbuilt', anApplication('one'), { build_command: 'sleep 300' });
    await service.waitFor(building, 'BUILDING');
    while ((await service.get(watched)).step !== 'observe') await delay(20);

    await service.stopWorkers();
    service.change({ observeSeconds: 0 });
    const cancelled = [await cancel(watched), await cancel(building)];
    const { json } = await service.call('GET', `/api/v2/deployments/${building}/builds`);
    const between = await service.ask('left');
    await service.startWorker();
    await service.settle('left');
    await service.settle('unbuilt');
    const { status, last_error: error } = await service.get(watched);

    assert.deepEqual(cancelled, ['ROLLING_BACK', 'CANCELLED']);
    assert.deepEqual(between, { status: 200, text: 'two ' });
    assert.deepEqual([status, error?.code, error?.fault], ['ROLLED_BACK', 'CANCELLED', 'user']);
    assert.deepEqual(await service.ask('left'), { status: 200, text: 'one ' });
    const builds = json['items'] as { success: boolean | null; completed_at: string | null }[];
    assert.deepEqual(
      builds.map(({ success, completed_at: completedAt }) => [success, completedAt !== null]),
      [[false, true]],
    );
    assert.deepEqual([await service.listRemains('left'), await service.listRemains('unbuilt')], [[], []]);
  },
);

test('restarts do not crowd out what was built before, and of what was built nothing stays when its last release goes', limit, async () => {
  const expose = async (id: string): Promise<readonly Release[]> => {
    const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED');
    assert.equal(status, 'EXPOSED', JSON.stringify(error));
    await service.settle('crowded');
    return (await listReleases(id)).filter(({ is_available: isAvailable }) => isAvailable);
  };
  const restart = async ([current]: readonly Release[]): Promise<readonly Release[]> => {
    const { json } = await service.call('POST', '/api/v2/deployments', { from_release_id: current!.id });
    return expose(String(json['id']));
  };
  const numbersOf = (releases: readonly Release[]): number[] => releases.map(({ number }) => number);
  service.change({ keepReleases: 2 });
  await expose(await deploy('crowded', anApplication('one')));
  const afterUpdate = await expose(await deploy('crowded', anApplication('two')));
  const busy = await service.deploy('crowded', anApplication('two'), { config: { application: quickly } });
  const behind = await service.call('POST', '/api/v2/deployments', { from_release_id: afterUpdate[0]!.id });
  const afterSame = await expose(busy);

  const afterRestart = await restart(afterSame);
  service.change({ keepReleases: 3 });
  const afterThird = await expose(await deploy('crowded', anApplication('three')));
  service.change({ keepReleases: 1 });
  const afterFourth = await expose(await deploy('crowded', anApplication('four')));
  service.change({ keepReleases: 2 });

  assert.equal(behind.status, 409);
  assert.deepEqual(numbersOf(afterRestart), [4, 3, 1]);
  assert.deepEqual(
    [numbersOf(afterThird), numbersOf(afterFourth)],
    [
      [5, 4, 3, 1],
      [6, 5],
    ],
  );
  assert.deepEqual(await service.listRemains('crowded'), []);
});

test('an application that ends again and again is said to crash, with how often and how', limit, async () => {
  const mark = "require('node:path').join(process.env.HOME, 'dead')";
  const files = anApplication('one', {
    setup: `if (require('node:fs').existsSync(${mark})) process.exit(7);`,
    answer: `if (request.url === '/die') { require('node:fs').writeFileSync(${mark}, ''); process.exit(7); }`,
  });
  const { application_id: applicationId } = await service.waitFor(await deploy('crashing', files), 'EXPOSED', 'FAILED');
  const show = async () => (await service.call('GET', `/api/v2/applications/${applicationId}`)).json as unknown as Application;
  const before = await show();
  const late = await service.call('DELETE', `/api/v2/deployments/${before.current_deployment_id}?only=cancel`);

  await service.ask('crashing', '/die');
  let after = await show();
  while (after.state !== 'crashing' || after.instance_states[0]!.restarts < 2) {
    await delay(20);
    after = await show();
  }

  // Who wants it cancelled does not want it destroyed.
  assert.equal(late.status, 409);
  const [healthy] = before.instance_states;
  assert.deepEqual(
    [before.state, healthy!.process, healthy!.status, healthy!.restarts, healthy!.last_exit],
    ['running', 'web', 'running', 0, null],
  );
  assert.deepEqual([after.instance_states[0]!.last_exit!.exit_code, after.instance_states[0]!.last_exit!.reason], [7, 'exit']);
});

test('all that a build prints before it fails is kept, before it is said to have failed', limit, async () => {
  const build = { build_command: 'seq 6000; echo what is wrong; exit 3' };

  const { id, last_error } = await service.waitFor(await deploy('talkative', anApplication('one'), build), 'FAILED', 'EXPOSED');
  const log = followLines(`deployments/${id}/logs`);
  const events = await log.until((seen) => seen.some(({ data }) => data.status === 'FAILED'));
  await log.leave();

  assert.equal(last_error?.code, 'BUILD_FAILED');
  assert.ok(last_error.logs?.includes('what is wrong'), JSON.stringify(last_error));
  const lines = events
    .slice(
      0,
      events.findIndex(({ data }) => data.status === 'FAILED'),
    )
    .map(({ data }) => data.line);
  const numbers = Array.from({ length: 6000 }, (_, index) => String(index + 1));
  assert.deepEqual(
    lines.filter((line) => numbers.includes(line) || line === 'what is wrong'),
    [...numbers, 'what is wrong'],
  );
});

test('what an application prints as it fails is kept, whatever characters it names', limit, async () => {
  const said = String.raw`{"error":"bad char \u0000 in input"}`;
  const files = { ...anApplication('one'), 'server.js': `console.error(${JSON.stringify(said)}, '\\ud800', '\\0'); process.exit(3);` };

  const crashed = await service.waitFor(await deploy('nulls', files, { start_command: 'node server.js' }), 'FAILED', 'EXPOSED');
  const config = { 'deployguard.yaml': 'deployment: { application: { health: { path: nope } } }' };
  const refused = await service.waitFor(await deploy('nulls', { ...anApplication('one'), ...config }), 'FAILED', 'EXPOSED');

  assert.equal(crashed.last_error?.code, 'CRASHED');
  assert.ok(
    crashed.last_error.logs?.some((line) => line.includes(said)),
    JSON.stringify(crashed.last_error),
  );
  assert.equal(refused.last_error?.code, 'CONFIG_INVALID');
  assert.match(refused.last_error.message, /health\.path/);
});

test(
  'a repository is deployed by its address, from a git server with a certificate of its own, as npm installs and starts it',
  limit,
  async () => {
    const newest = repository.commit({ files: anApplication('from git'), message: 'Begin' });

    const id = await service.deploy('cloned', {}, { repo_url: `${git.url}/repository.git` });
    const { status, git_sha: commit, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED');

    assert.equal(status, 'EXPOSED', JSON.stringify(error));
    assert.equal(commit, newest);
    assert.deepEqual(await service.ask('cloned'), { status: 200, text: 'from git ' });
  },
);

test('what asks for more than the operator allows is refused, and not given less', limit, async () => {
  const refusals = [
    [{ resources: { cpu: '5' } }, '/config/application/resources/cpu'],
    [{ resources: { memory: '9Gi' } }, '/config/application/resources/memory'],
    [{ replicas: 11 }, '/config/application/replicas'],
  ] as const;
  const source = await service.upload(anApplication('one'));

  for (const [application, path] of refusals) {
    const { status, json } = await service.call('POST', '/api/v2/deployments', {
      application: 'greedy',
      source_id: source,
      config: { application },
    });
    assert.deepEqual([status, (json['errors'] as { path: string }[])[0]!.path], [422, path]);
  }
  const inFile = { ...anApplication('one'), 'deployguard.yaml': 'deployment:\n  application:\n    replicas: 11\n' };
  const failed = await service.waitFor(await deploy('greedy', inFile), 'FAILED', 'EXPOSED');

  assert.equal(failed.last_error?.code, 'LIMIT_EXCEEDED');
  assert.match(failed.last_error!.message, /deployment\.application\.replicas is more than the 10/);
});

test('whoever follows an application that is destroyed is shown nothing of the next one of its name', limit, async () => {
  const printing = (text: string) => anApplication('one', { setup: `setInterval(() => console.log('${text}'), 100);` });
  await service.waitFor(await deploy('followed', printing('of the first')), 'EXPOSED');
  const { id } = (await service.settle('followed'))!;
  const followed = followLines(`applications/${id}/logs`);
  await followed.until((lines) => lines.length > 0);
  await service.call('DELETE', `/api/v2/applications/${id}`);
  while ((await service.call('GET', `/api/v2/applications/${id}`)).status !== 404) await delay(100);

  await service.waitFor(await deploy('followed', printing('of the next')), 'EXPOSED');
  await Promise.race([followed.ended, delay(30_000)]);
  const seen = new Set((await followed.until(() => true)).map(({ data }) => data.line));
  await followed.leave();

  assert.deepEqual([...seen], ['of the first']);
});

test('what an application prints is followed over a restart, without the values of its secrets', limit, async () => {
  const setup = 'console.log("begun with " + process.env.TOKEN); setInterval(() => console.log("tick"), 200);';
  const files = anApplication('one', { setup });
  await service.waitFor(await deploy('chatty', files), 'EXPOSED');
  const { id } = (await service.settle('chatty'))!;
  await service.call('PATCH', `/api/v2/applications/${id}/env`, { set: { TOKEN: 'a-secret-token' } });
  const followed = followLines(`applications/${id}/logs?last=1`);
  await followed.until((lines) => lines.length > 1);

  const again = await deploy('chatty', { ...files, 'again.txt': '' });
  await service.waitFor(again, 'EXPOSED');
  const lines = await followed.until((all) => all.some(({ data }) => data.line === 'begun with ***'));
  await service.settle('chatty');
  const { text } = await service.call('GET', `/api/v2/applications/${id}/logs?follow=false&last=10000`);
  followed.leave();
  await service.call('POST', `/api/v2/applications/${id}/stop`);
  await service.settle('chatty');
  const whileStopped = await service.call('GET', `/api/v2/applications/${id}/logs?follow=false`);
  const [second, first] = await listReleases((await service.get(again)).id);
  const printedBy = async (release: string) =>
    await service.call('GET', `/api/v2/applications/${id}/logs?follow=false&last=10000&release_id=${release}`);
  const ofReleases = [await printedBy(first!.id), await printedBy(second!.id), await printedBy(randomUUID())];

  assert.deepEqual(
    ofReleases.map(({ status, text: printed }) => [status, [...printed.matchAll(/"line":"(begun[^"]*)"/g)].map(([, line]) => line)]),
    [
      [200, ['begun with undefined']],
      [200, ['begun with ***']],
      [404, []],
    ],
  );
  assert.ok(lines.every(({ sequence }, index) => index === 0 || sequence > lines[index - 1]!.sequence));
  assert.match(text, /"line":"begun with \*\*\*"/);
  assert.doesNotMatch(text, /a-secret-token/);
  assert.match(text, /event: end\n/);
  assert.deepEqual([whileStopped.status, whileStopped.text.includes('"line"')], [200, false]);
});

test('whoever comes back to a log after very many lines is shown the last of them', limit, async () => {
  const setup = 'for (let line = 1; line <= 15_000; line++) console.log(line);';
  const id = await deploy('talkative', anApplication('one', { setup }));
  const { application_id: applicationId } = await service.waitFor(id, 'EXPOSED', 'FAILED');

  const path = `/api/v2/applications/${applicationId}/logs?follow=false`;
  const { text } = await service.call('GET', path, undefined, { 'last-event-id': '1' });

  const lines = text.match(/(?<="line":")[^"]*/g)!;
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_000, '5001', '15000']);
});

test('a variable that is called as what every object has is set and unset like any other', limit, async () => {
  const id = await deploy('named', anApplication('one'));
  const { application_id: applicationId } = await service.get(id);
  const path = `/api/v2/applications/${applicationId}/env`;

  const set = await service.call('PATCH', path, { set: { constructor: 'a', OTHER: 'b' } });
  const unset = await service.call('PATCH', path, { unset: ['constructor'] });

  assert.deepEqual([set.status, unset.status], [200, 200], unset.text);
  assert.deepEqual(
    (unset.json['items'] as { name: string }[]).map(({ name }) => name),
    ['OTHER'],
  );
  await service.waitFor(id, 'EXPOSED', 'FAILED');
});

test('an application with a port of its own is scaled and updated, for in a process it is told a free one', limit, async () => {
  const config = { port: 3000, replicas: 2 };
  const statuses: string[] = [];
  for (const version of ['one', 'two']) {
    const id = await deploy('porter', anApplication(version), config);
    statuses.push((await service.waitFor(id, 'EXPOSED', 'FAILED', 'ROLLED_BACK')).status);
    await service.settle('porter');
  }
  const ports = new Set((await service.listInstances('porter')).map(({ address }) => address.port));

  assert.deepEqual(statuses, ['EXPOSED', 'EXPOSED']);
  assert.deepEqual(await service.ask('porter'), { status: 200, text: 'two ' });
  assert.deepEqual([ports.size, ports.has(3000)], [2, false]);
});

test('where an application listens is set by nobody else, wherever its variables come from', limit, async () => {
  const source = await service.upload(anApplication('one'));
  const id = await deploy('listening', anApplication('one'));
  const { application_id: applicationId } = await service.waitFor(id, 'EXPOSED', 'FAILED');
  const reason = 'cannot be set: where the application listens is decided when it is started';

  const set = await service.call('PATCH', `/api/v2/applications/${applicationId}/env`, { set: { PORT: '1' } });
  const config = { application: { env_vars: { PORT: '9999' } } };
  const configured = await service.call('POST', '/api/v2/deployments', { application: 'listening', source_id: source, config });

  assert.deepEqual([set.status, set.json['detail']], [422, `set.PORT ${reason}.`]);
  assert.deepEqual([configured.status, configured.json['detail']], [422, `config.application.env_vars.PORT ${reason}.`]);
});

test(
  'changes that come fast are made one after the other; while a deployment is under way they are refused with what cancels it',
  limit,
  async () => {
    const files = anApplication('one');
    await service.waitFor(await deploy('hasty', files), 'EXPOSED');
    const { items } = (await service.call('GET', '/api/v2/applications?name=hasty')).json as { items: Application[] };
    const path = `/api/v2/applications/${items[0]!.id}`;

    const first = await service.call('PUT', `${path}/domains`, { domains: ['hasty.example.com'] });
    const second = await service.call('PUT', `${path}/domains`, { domains: ['Hasty.Example.COM.', 'hasty.example.com', 'hästy.example'] });
    const wrong = await service.call('PUT', `${path}/domains`, { domains: ['hasty.example.com', 'no host name'] });
    const scaled = await service.call('POST', `${path}/scale`, { instances: 2 });
    const slow = await deploy('hasty', files, { build_command: 'sleep 300' });
    await service.waitFor(slow, 'BUILDING');
    const refused = await service.call('PUT', `${path}/domains`, { domains: [] });
    await service.call('DELETE', `/api/v2/deployments/${slow}?only=cancel`);
    await service.waitFor(slow, 'CANCELLED');

    assert.deepEqual([first.status, second.status, scaled.status, refused.status], [200, 200, 202, 409], second.text);
    assert.deepEqual(second.json['domains'], ['hasty.example.com', 'xn--hsty-loa.example']);
    assert.deepEqual([wrong.status, wrong.json['detail']], [422, 'domains.1 is no host name, such as shop.example.com.']);
    assert.match(String(refused.json['detail']), /under way.*`deployguard apps cancel hasty`/);
  },
);

test('an application is scaled, stopped, started and destroyed, and nothing of it is left', limit, async () => {
  const id = await deploy('scaled', anApplication('one', { answer: 'response.setHeader("x-pid", process.pid);' }));
  await service.waitFor(id, 'EXPOSED');
  const application = (await service.settle('scaled'))!;
  const path = `/api/v2/applications/${application.id}`;

  const scaled = await service.call('POST', `${path}/scale`, { instances: 2 });
  await service.settle('scaled');
  const instances = await service.listInstances('scaled');
  const stopped = await service.call('POST', `${path}/stop`);
  await service.settle('scaled');
  const whileStopped = await service.ask('scaled');
  const restsAs = await service.waitFor(id, 'STOPPED');
  const none = await service.listInstances('scaled');
  const started = await service.call('POST', `${path}/start`);
  await service.waitFor(id, 'EXPOSED');
  await service.settle('scaled');
  const again = await service.ask('scaled');
  const destroyed = await service.call('DELETE', path);
  const gone = await service.settle('scaled');

  assert.deepEqual([scaled.status, stopped.status, started.status, destroyed.status], [202, 202, 202, 202]);
  assert.deepEqual([started.json['is_being_destroyed'], destroyed.json['is_being_destroyed']], [false, true]);
  assert.equal(instances.length, 2);
  assert.equal(whileStopped.status, 503);
  assert.deepEqual([restsAs.status, none.length], ['STOPPED', 0]);
  assert.deepEqual(again, { status: 200, text: 'one ' });
  assert.equal(gone, undefined);
  assert.equal((await service.ask('scaled')).status, 404);
  assert.equal((await service.listInstances('scaled')).length, 0);
});
