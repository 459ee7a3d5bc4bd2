import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Build } from '@deployguard/contracts';
import { runProcess } from '@deployguard/process';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { findSearchPath, loadConfig } from '../../platform/config/index.ts';
import { chooseSandbox } from './choose-sandbox.ts';

const limit = { timeout: 120_000 };
/** What cannot be shown makes every sandbox impossible. */
const impossible = ['/no/such/place'];
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService();
  await service.startWorker();
});
after(() => service.stop());

interface Sight {
  readonly log: string;
  readonly seen: string;
}

/** Deploys an application that lists folders, when it is built and when it is asked. */
async function deployLooking(): Promise<Sight> {
  const { dataDirectory, deployments } = service.platform.config;
  const places = JSON.stringify([dataDirectory, deployments.directory, '.']);
  const files = anApplication('one', {
    answer: `response.write(JSON.stringify(${places}.map((path) => require('node:fs').readdirSync(path))));`,
  });
  const build = `echo "built beside" $(ls ${dataDirectory})`;
  const id = await service.deploy('looking', files, { config: { application: { ...quickly, build_command: build } } });
  const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED');
  assert.equal(status, 'EXPOSED', JSON.stringify(error));
  await service.settle('looking');
  const builds = (await service.call('GET', `/api/v2/deployments/${id}/builds`)).json['items'] as readonly Build[];
  return { log: builds[0]!.build_logs, seen: (await service.ask('looking')).text };
}

test('B12 builds and processes see nothing of the service, where it can be so, and the log of the deployment says it', limit, async () => {
  const kept = await deployLooking();
  service.change({ sandboxReadable: impossible });
  const loose = await deployLooking();
  service.change({ sandbox: 'off' });
  const off = await deployLooking();
  service.change({ sandbox: 'auto', sandboxReadable: [] });

  assert.match(kept.log, /It is built and run in a sandbox\./);
  // The way to what is their own.
  assert.match(kept.log, /^built beside deployments$/m);
  assert.equal(kept.seen, '[["deployments"],["applications","instances"],["package-lock.json","package.json","server.js"]]one ');
  assert.match(loose.log, /without a sandbox: bubblewrap \(bwrap\) does not work here: bwrap: .*\/no\/such\/place/);
  assert.match(loose.seen, /"router"/);
  assert.match(off.log, /without a sandbox: deployments\.sandbox is off\./);
});

test('B12 home and settings of the service are not to be seen, wherever they lie; programs in its home are', limit, async (context) => {
  using directory = createTemporaryDirectory();
  const outer = realpathSync(directory.path);
  for (const folder of ['home/bin', 'settings']) mkdirSync(join(outer, folder), { recursive: true });
  const names = ['home/.netrc', 'home/bin/tool', 'settings/config.yaml', 'settings/url', 'settings/public'];
  for (const name of names) writeFileSync(join(outer, name), '');
  writeFileSync(join(outer, 'home/.netrc'), 'content of home');
  writeFileSync(join(outer, 'home/bin/tool'), 'content of a program');
  writeFileSync(join(outer, 'settings/public'), 'content of what is public');
  writeFileSync(join(outer, 'settings/url'), 'amqps://content-of-a-secret@rabbitmq');
  writeFileSync(join(outer, 'settings/config.yaml'), `deployments: { sandboxReadable: ['${outer}'] } # content of settings`);
  const before = { HOME: process.env['HOME'], PATH: process.env['PATH'] };
  context.after(() => Object.assign(process.env, before));
  Object.assign(process.env, { HOME: join(outer, 'home'), PATH: `${join(outer, 'home/bin')}:${before.PATH}` });
  const environment = { DEPLOYGUARD_CONFIG: join(outer, 'settings/config.yaml'), BROKER_URL_FILE: join(outer, 'settings/url') };

  const { ground } = await chooseSandbox(loadConfig({ environment, workingDirectory: outer }).config);
  const { stdout } = await runProcess({
    program: 'grep',
    args: ['--recursive', '--only-matching', '--no-filename', 'content[ -]of.*', '.'],
    env: { PATH: findSearchPath() },
    cwd: outer,
    sandbox: { ...ground!, readable: [], writable: [], temporaryBytes: 1_048_576 },
  });

  assert.deepEqual(stdout.toString().trim().split('\n').sort(), ['content of a program', 'content of what is public']);
});

test('where it is required and cannot be had, the error says what is missing', limit, async () => {
  const { config } = service.platform;
  const required = { ...config, deployments: { ...config.deployments, sandbox: 'required' as const } };

  const { ground } = await chooseSandbox(required);
  const refused = chooseSandbox({ ...required, deployments: { ...required.deployments, sandboxReadable: impossible } });

  assert.ok(ground !== undefined);
  await assert.rejects(refused, {
    code: 'SANDBOX_UNAVAILABLE',
    fault: 'platform',
    message: /requires a sandbox.*no\/such\/place.*Install bubblewrap/,
  });
});
