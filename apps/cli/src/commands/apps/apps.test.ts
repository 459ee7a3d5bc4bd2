import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '@deployguard/contracts';
import { connectRouter } from '@deployguard/delivery';
import { buildToken, createTemporaryDirectory, findFreePort, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer } from '@deployguard/testkit';
import { aWorkTree } from '../../../test/a-work-tree.ts';
import { type CliOptions, type CliRun, runCli } from '../../../test/run-cli.ts';
import { type StartedService, startService } from '../../../test/start-service.ts';

const limit = { timeout: 600_000 };
const repository = aWorkTree('shop');
const directory = createTemporaryDirectory();
const login = ['deployer', 'open sesame'].join(':');
let git: TestGitServer;
let service: StartedService;
let routerPort: number;

before(async () => {
  git = await startTestGitServer({ root: repository.parent, credentials: login });
  const credentials = join(directory.path, 'credentials.yaml');
  const [username, token] = login.split(':');
  writeFileSync(credentials, JSON.stringify({ work: { username, token, origins: [git.url] } }), { mode: 0o600 });
  routerPort = await findFreePort();
  service = await startService({
    DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(routerPort),
    DEPLOYGUARD_DEPLOYMENTS_OBSERVE_SECONDS: '0',
    DEPLOYGUARD_EGRESS_ALLOW: 'localhost,127.0.0.1',
    DEPLOYGUARD_EGRESS_CA_FILE: git.caFile,
    DEPLOYGUARD_AUTH_CREDENTIALS_FILE: credentials,
  });
});
after(async () => {
  const data = service.environment['DEPLOYGUARD_DATA_DIRECTORY']!;
  await run(['apps', 'destroy', 'shop', '--yes']);
  // Whoever destroys it needs the router, and would start it again.
  while ((await run(['apps', 'list'])).stdout.includes('shop')) await delay(100);
  const router = connectRouter({ controlPath: join(data, 'deployments', 'router', 'control.sock') });
  await router.stop().catch(() => {});
  await service[Symbol.asyncDispose]();
  await git.close();
  repository[Symbol.dispose]();
  directory.dispose();
});

function run(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return runCli(args, { ...options, environment: { DEPLOYGUARD_SERVER: service.url } });
}

async function succeed(args: readonly string[], options?: CliOptions): Promise<string> {
  const { exitCode, output, stdout } = await run(args, options);
  assert.equal(exitCode, 0, `${args.join(' ')}: ${output}`);
  return stdout;
}

function ask(): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: routerPort, headers: { host: 'shop.localhost' } }, (response) => {
      text(response).then(resolve, reject);
    })
      .on('error', reject)
      .end();
  });
}

const settings = `
deployment:
  application:
    install_command: 'true'
    start_command: exec node server.js
    processes: { worker: { command: exec sleep 1000 } }
    health: { path: /, attempts: 600, interval_seconds: 0.2 }
`;

/** An application in a folder of the repository, whose answer is the version and what stands in a variable. */
function aShop(version: string): Record<string, string> {
  const lock = { name: 'shop', lockfileVersion: 3, packages: { '': { name: 'shop' }, 'node_modules/ms': { version: '2.1.3' } } };
  return {
    'deployguard.yaml': settings,
    'apps/web/package.json': JSON.stringify({ name: 'shop', version: '1.0.0' }),
    'apps/web/package-lock.json': JSON.stringify(lock),
    'apps/web/server.js': `require('node:http')
      .createServer((_, response) => response.end(\`${version} \${process.env.GREETING}\`))
      .listen(process.env.PORT);`,
  };
}

test(
  'what the commands for applications say is done: from a private repository to its users, back, more of it, stopped and started',
  limit,
  async () => {
    repository.commit(aShop('main'));
    repository.git('checkout', '--quiet', '-b', 'stable');
    const token = buildToken({ prefix: ['sk_', 'live_'], length: 24 });
    repository.commit({ ...aShop('one'), 'config.js': `const token = '${token}';\n` });
    const url = `${git.url}/shop`;
    const deploy = ['deploy', url, '--branch', 'stable', '--root', 'apps/web', '--credentials', 'work'];

    const refused = await run(deploy);
    const [, finding = ''] = /--waive ([0-9a-f]{16})/.exec(refused.stderr) ?? [];
    const waiver = ['--waive', finding, '--reason', 'It was revoked.'];
    const address = await succeed([...deploy, ...waiver]);
    const first = await ask();
    await succeed(['apps', 'env', 'set', 'shop', 'GREETING'], { stdin: 'hello = there\n' });
    repository.commit(aShop('two'));
    await succeed([...deploy, ...waiver]);
    const second = await ask();

    assert.equal(refused.exitCode, 5, refused.output);
    assert.deepEqual([address, first, second], [`http://shop.localhost:${routerPort}\n`, 'one undefined', 'two hello = there']);
    assert.equal(await succeed(['apps', 'open', 'shop']), address);
    const deployments = JSON.parse(await succeed(['apps', 'deployments', 'shop', '--json'])) as Deployment[];
    assert.deepEqual(
      deployments.map(({ number, status, repo_url, branch }) => [number, status, repo_url, branch]),
      [
        [3, 'EXPOSED', url, 'stable'],
        [2, 'STOPPED', url, 'stable'],
        [1, 'FAILED', url, 'stable'],
      ],
    );
    assert.match(await succeed(['apps', 'deployments', 'shop']), /^3 +EXPOSED \(current\).*\n2 +STOPPED .*\n1 +FAILED .* SECRETS_FOUND/m);

    const { bomFormat, components } = JSON.parse(await succeed(['apps', 'sbom', 'shop', '--release', '1'])) as Sbom;
    assert.deepEqual([bomFormat, components.map(({ purl }) => purl)], ['CycloneDX', ['pkg:npm/ms@2.1.3']]);
    assert.match(await succeed(['apps', 'verify', 'shop']), /bill of materials +signed, 1 packages/);
    const foreignKey = join(directory.path, 'foreign.pem');
    writeFileSync(foreignKey, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
    const foreign = await run(['apps', 'verify', 'shop', '--key', foreignKey]);
    assert.deepEqual([foreign.exitCode, /NOT signed by this key/.test(foreign.stdout)], [5, true]);

    assert.equal(await succeed(['apps', 'rollback', 'shop']), address);
    assert.equal(await ask(), 'one undefined');
    assert.match(await succeed(['apps', 'scale', 'shop', '2']), /^processes +web 2, worker 1$/m);
    await succeed(['apps', 'stop', 'shop']);
    assert.match(await ask(), /^(?!one)/);
    assert.match(await succeed(['apps', 'start', 'shop']), /^state +running$/m);
    assert.equal(await ask(), 'one undefined');
    assert.match(await succeed(['apps', 'scale', 'shop', 'web=3', 'worker=2']), /^processes +web 3, worker 2$/m);
  },
);

interface Sbom {
  readonly bomFormat: string;
  readonly components: readonly { readonly purl: string }[];
}
