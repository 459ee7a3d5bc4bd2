// Applications in containers, through the service: npm run test:image. Takes minutes and root, so it is no part of the tests that run everywhere;
// what goes wrong is in container-failures.test.ts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { anApplication, quickly } from '../apps/server/test/an-application.ts';
import { playUpdateAndRollback } from '../apps/server/test/play-update-and-rollback.ts';
import { skipContainerTests, startTestRegistry } from '../packages/delivery/test/an-engine.ts';
import { until } from '../packages/delivery/test/until.ts';
import { findBaseImage } from './find-base-image.ts';
import { areContainersWanted, findContainerTool } from './find-container-tool.ts';
import type { ContainerTool } from './find-container-tool.ts';
import { startContainersService } from './start-containers-service.ts';
import type { ContainersService } from './start-containers-service.ts';

const limit = { timeout: 900_000 };

if (areContainersWanted(process.env)) {
  let bases: Record<string, string>;
  let tool: ContainerTool;
  let service: ContainersService;

  before(async () => {
    const base = await findBaseImage();
    bases = { node: base };
    tool = await findContainerTool(base, process.env);
    service = await startContainersService(tool, bases);
    await service.startWorker();
  }, limit);
  after(() => service.stop(), limit);

  test(
    'under load, users get one release or the other and nothing else; a rollback brings back code, configuration and secrets',
    limit,
    () => playUpdateAndRollback(service),
  );

  test('what is deployed again unchanged is not built again', limit, async () => {
    await service.deployWell('twice', anApplication('one'));

    const again = await service.deployWell('twice', anApplication('one'));
    const [build] = (await service.call('GET', `/api/v2/deployments/${again}/builds`)).json['items'] as { build_logs: string }[];

    assert.match(build!.build_logs, /Nothing has changed/);
    assert.deepEqual(await service.listRemains('twice'), []);
  });

  test(
    'an application in containers is scaled, stopped, started, comes back after its containers were killed, and is destroyed',
    limit,
    async () => {
      await service.deployWell('scaled', anApplication('one'));
      const { id } = (await service.settle('scaled'))!;
      const change = async (what: string, body?: unknown) => {
        await service.call('POST', `/api/v2/applications/${id}/${what}`, body);
        await service.settle('scaled');
        return service.listInstances('scaled');
      };

      const two = await change('scale', { instances: 2 });
      const none = await change('stop');
      const whileStopped = await service.ask('scaled');
      const again = await change('start');
      const containers = (await service.engine.list()).filter(({ kind, name }) => kind === 'container' && name.includes('scaled.'));
      await service.engine.run('kill', ...containers.map(({ name }) => name));
      const back = await until('it answers', async () => {
        const answer = await service.ask('scaled');
        return answer.status === 200 ? answer : undefined;
      });
      await service.call('DELETE', `/api/v2/applications/${id}`);
      const gone = await service.settle('scaled');

      assert.deepEqual([two.length, none.length, again.length, containers.length], [2, 0, 2, 2]);
      assert.equal(whileStopped.status, 503);
      assert.equal(back.text, 'one ');
      assert.equal(gone, undefined);
      assert.deepEqual(await service.listRemains('scaled'), []);
    },
  );

  test('a restart gives an image the variables of now; a container that lost its supervisor is replaced', limit, async () => {
    await service.deployWell('restarted', anApplication('one'));
    const { id, current_release_id: release } = (await service.settle('restarted'))!;
    await service.call('PATCH', `/api/v2/applications/${id}/env`, { set: { GREETING: 'hello' } });

    const { json } = await service.call('POST', '/api/v2/deployments', { from_release_id: release });
    const { status, last_error: error } = await service.waitFor(String(json['id']), 'EXPOSED', 'FAILED', 'ROLLED_BACK');
    await service.settle('restarted');
    const restarted = await service.ask('restarted');
    const [orphaned] = await service.listInstances('restarted');
    await service.killSupervisor(orphaned!);
    await service.keepApplications();
    await service.settle('restarted');
    const instances = await service.listInstances('restarted');

    assert.equal(status, 'EXPOSED', JSON.stringify(error));
    assert.equal(restarted.text, 'one hello');
    assert.deepEqual([instances.length, instances[0]!.id === orphaned!.id], [1, false]);
    assert.deepEqual(await service.ask('restarted'), restarted);
    assert.deepEqual(await service.listRemains('restarted'), []);
  });

  test('`dockerfile: none` has one written instead of that of the repository', limit, async () => {
    const files = { ...anApplication('written'), Dockerfile: 'FROM nothing/of:mine\n' };

    await service.deployWell('written', files, { ...quickly, dockerfile: 'none' });

    assert.deepEqual(await service.ask('written'), { status: 200, text: 'written ' });
  });

  test(
    'with a registry, the image of a Dockerfile is pushed and runs by its digest there, on the port that it exposes and with its volume; users of it notice nothing when the registry is down',
    limit,
    async () => {
      await using registry = await startTestRegistry();
      await using pushing = await startContainersService(tool, bases, {
        environment: { DEPLOYGUARD_CONTAINERS_REGISTRY: `${registry.address}/applications` },
      });
      await pushing.startWorker();
      const files = (answer: string) => ({
        Dockerfile: 'FROM node:22\nCOPY server.js /\nVOLUME /kept\nEXPOSE 80\nCMD ["node", "/server.js"]\n',
        'server.js': `require('node:fs').writeFileSync('/kept/file', 'x'); require('node:http').createServer((q, r) => r.end('${answer}')).listen(80)`,
      });
      const settings = { health: quickly.health };
      const { git_sha: commit } = await pushing.get(await pushing.deployWell('own', files('own'), settings));
      const [container] = (await pushing.engine.list()).filter(({ kind }) => kind === 'container');
      const image = await pushing.engine.run('container', 'inspect', '--format', '{{.ImageName}}', container!.name);
      const digests = [await registry.findDigest('applications/own', commit!), await registry.findDigest('applications/own', 'latest')];
      const signature = await registry.findDigest('applications/own', `${digests[0]!.replace(':', '-')}.sig`);

      await registry.stop();
      const id = await pushing.deploy('own', files('other'), { config: { application: settings } });
      const { status, last_error: error } = await pushing.waitFor(id, 'FAILED', 'EXPOSED');
      await pushing.settle('own');

      assert.equal(image, `${registry.address}/applications/own@${digests[0]}`);
      assert.notEqual(digests[1], undefined);
      assert.notEqual(signature, undefined);
      assert.deepEqual([status, error?.code, error?.fault], ['FAILED', 'REGISTRY_UNREACHABLE', 'platform'], JSON.stringify(error));
      assert.match(error!.message, new RegExp(`could not be pushed.*${registry.address}`, 's'));
      assert.deepEqual(await pushing.ask('own'), { status: 200, text: 'own' });
      assert.deepEqual(await pushing.listRemains('own'), []);
    },
  );
} else skipContainerTests('applications in containers');
