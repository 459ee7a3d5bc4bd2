import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Application, Deployment } from '@deployguard/contracts';
import { createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer } from '@deployguard/testkit';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { imageRepositoryOf } from './container-engine.ts';
import { placesOf } from './places.ts';

const limit = { timeout: 240_000 };
const repository = createTestRepository({ bare: true });
const repositoryName = basename(repository.gitDir);
let git: TestGitServer;
let service: DeploymentsService;

before(async () => {
  git = await startTestGitServer({ root: dirname(repository.gitDir) });
  service = await startDeploymentsService({
    git,
    environment: {
      DEPLOYGUARD_AUTH_API_KEYS: 'true',
      DEPLOYGUARD_LIMITS_MAX_APPLICATIONS_PER_USER: '1000',
      DEPLOYGUARD_LIMITS_MAX_QUEUED_DEPLOYMENTS_PER_USER: '1000',
    },
  });
});
after(async () => {
  await service.stop();
  await git.close();
  await repository.dispose();
});

/** Each is a tenant of its own. */
async function callAs<Answer>(user: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const { status, json, text } = await service.call(method, `/api/v2/${path}`, body, await service.app.asUser(user));
  assert.ok(status < 300, text);
  return json as Answer;
}

async function deploy(user: string, application: string): Promise<string> {
  const body = { application, repo_url: `${git.url}/${repositoryName}`, config: { application: quickly } };
  return (await callAs<Deployment>(user, 'POST', 'deployments', body)).id;
}

async function find(user: string, name: string): Promise<Application | undefined> {
  return (await callAs<{ items: Application[] }>(user, 'GET', `applications?name=${name}`)).items[0];
}

const labelOf = ({ url }: Application): string => new URL(url).hostname.replace(/\.localhost$/, '');

test('B5 a second user’s application of the same name is another one, and neither touches the other', limit, async () => {
  await service.startWorker();
  const expose = async (user: string, version: string): Promise<Application> => {
    repository.commit({ files: anApplication(version), message: version });
    const id = await deploy(user, 'twin');
    for (;;) {
      const { status, last_error: error } = await callAs<Deployment>(user, 'GET', `deployments/${id}`);
      assert.notEqual(status, 'FAILED', JSON.stringify(error));
      if (status === 'EXPOSED') return (await find(user, 'twin'))!;
      await delay(100);
    }
  };

  const ofAlice = await expose('alice', 'hers');
  const ofMallory = await expose('mallory', 'theirs');
  const answers = [await service.ask(labelOf(ofAlice)), await service.ask(labelOf(ofMallory))];
  const instances = [await service.listInstances('twin'), await service.listInstances(labelOf(ofMallory))];
  await callAs('mallory', 'DELETE', `applications/${ofMallory.id}`);
  while ((await find('mallory', 'twin')) !== undefined) await delay(100);
  const afterwards = [await service.ask(labelOf(ofAlice)), await service.ask(labelOf(ofMallory))];
  await service.stopWorkers();

  assert.equal(labelOf(ofAlice), 'twin');
  assert.match(labelOf(ofMallory), /^twin-[0-9a-f]{8}$/);
  assert.deepEqual(
    answers.map(({ text }) => text),
    ['hers ', 'theirs '],
  );
  assert.deepEqual(
    instances.map((each) => each.map(({ release }) => release)),
    [[ofAlice.current_release_id], [ofMallory.current_release_id]],
  );
  assert.deepEqual([afterwards[0]!.text, afterwards[1]!.status], ['hers ', 404]);
});

const longest = 'a'.repeat(40);
const names = ['shop', 'a', '0', 'a-b', 'a--b', 'xn--a', 'router', 'applications', longest, `${longest.slice(1)}b`];

test(
  'B5 applications of all users have hosts, folders and images of their own, also when they are called like the ones of others',
  limit,
  async () => {
    // Nobody does what is asked for, so all of it waits.
    const labels = new Map<string, string>();
    const steps = fc.array(fc.record({ user: fc.nat(2), name: fc.constantFrom(...names), isTaken: fc.boolean(), at: fc.nat() }), {
      minLength: 4,
      maxLength: 8,
    });

    await fc.assert(
      fc.asyncProperty(steps, async (wanted) => {
        for (const { user: number, name, isTaken, at } of wanted) {
          const user = ['alice', 'mallory', 'carol'][number]!;
          // What was given out to somebody, as the name of the next one.
          const given = [...labels.values()].filter((label) => label.length <= 40);
          const chosen = isTaken && given.length > 0 ? given[at % given.length]! : name;
          await deploy(user, chosen);
          labels.set(`${user} ${chosen}`, labelOf((await find(user, chosen))!));
        }
      }),
      { numRuns: 12 },
    );

    const { config } = service.platform;
    const all = [...labels.values()];
    const { base } = placesOf(config);
    assert.ok(new Set([...labels.keys()].map((key) => key.split(' ')[1])).size < all.length);
    assert.equal(new Set(all).size, all.length);
    for (const label of all) assert.match(label, /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    const folders = all.map((label) => placesOf(config).application(label).directory);
    for (const folder of folders) assert.equal(dirname(folder), `${base}/applications`);
    for (const each of [folders, all.map((label) => imageRepositoryOf(config, label))]) assert.equal(new Set(each).size, all.length);
  },
);
