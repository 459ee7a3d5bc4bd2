import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Deployment, Infrastructure } from '@deployguard/contracts';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';

const limit = { timeout: 240_000 };
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService();
  await service.startWorker();
});
after(() => service.stop());

/** Deploys it as its files say, and nobody else. */
async function deploy(name: string, files: Record<string, string>): Promise<Deployment> {
  const deployment = await service.waitFor(await service.deploy(name, files), 'EXPOSED', 'FAILED');
  await service.settle(name);
  return deployment;
}

function configure(application: Record<string, unknown>): Record<string, string> {
  return { 'deployguard.yaml': JSON.stringify({ deployment: { application: { ...quickly, ...application } } }) };
}

/** What a deployment says, up to a text. */
async function readLog(id: string, last: string): Promise<string> {
  const headers = await service.app.asUser('alice');
  const { body } = await fetch(`${service.app.url}/api/v2/deployments/${id}/logs`, { headers });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(last)) break;
  }
  return text;
}

test('what an application must not print keeps a release from its users, and so does a release command that fails', limit, async () => {
  const fatal = { setup: "console.log('it went well'); console.error('FATAL: no database');" };

  const printing = await deploy('printing', { ...anApplication('one', fatal), ...configure({ fail_on_output: ['PANIC', 'FATAL'] }) });
  const asked = await service.ask('printing');
  const good = await deploy('printing', {
    ...anApplication('two'),
    ...configure({ fail_on_output: ['FATAL'], release_command: 'exit 0' }),
  });
  const failing = await deploy('printing', {
    ...anApplication('three'),
    ...configure({ release_command: 'echo no table $NAME; exit 7', env_vars: { NAME: 'users' } }),
  });

  assert.deepEqual([printing.status, printing.last_error?.code, asked.status], ['FAILED', 'SMOKE_FAILED', 404]);
  assert.match(printing.last_error!.message, /^The application printed what it must not: FATAL: no database/);
  assert.equal(good.status, 'EXPOSED', JSON.stringify(good.last_error));
  assert.deepEqual([failing.status, failing.last_error?.code], ['FAILED', 'RELEASE_COMMAND_FAILED']);
  assert.match(failing.last_error!.message, /^The release command failed \(exit code 7\)\. It printed: no table users/);
  assert.deepEqual(await service.ask('printing'), { status: 200, text: 'two ' });
});

/** As other deployers have it, but for the port: tests run beside each other. */
const settingsOfAnother = `
deployment:
  cloud_provider: aws  # or gcp, azure
  region: us-west-2
  kubernetes:
    cluster_type: eks  # or gke, aks, k3s
    node_type: t3.medium
    min_nodes: 2
    max_nodes: 10

  application:
    install_command: "true"
    start_command: exec node server.js
    env_vars:
      NODE_ENV: production
      GREETING: info
    resources:
      cpu: 1000m
      memory: 1Gi
    replicas: 3
    autoscaling: true

  networking:
    domain: myapp.example.com
    ssl: true
    ssl_provider: letsencrypt
`;

test(
  'the file of a deployer to a cloud is accepted, what of it does nothing on one machine is told, and what was made is listed',
  limit,
  async () => {
    const exposed = await deploy('clouded', { ...anApplication('one'), 'deployer.yaml': settingsOfAnother });
    const log = await readLog(exposed.id, 'Looking at the files');
    const made = await service.call('GET', `/api/v2/deployments/${exposed.id}/infrastructure?limit=5`);

    assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
    assert.deepEqual([exposed.cloud_provider, exposed.region], [null, null]);
    assert.deepEqual(await service.ask('clouded'), { status: 200, text: 'one info' });
    assert.equal((await service.listInstances('clouded')).length, 3);
    assert.match(
      log,
      /deployer\.yaml: deployment\.cloud_provider, deployment\.region, deployment\.kubernetes, deployment\.networking, deployment\.application\.autoscaling have no effect on one machine\./,
    );
    const [{ id, created_at: at, ...row } = {}, ...more] = made.json['items'] as Partial<Infrastructure>[];
    assert.deepEqual([made.status, typeof id, at?.slice(0, 2), more], [200, 'string', '20', []]);
    assert.deepEqual(row, {
      deployment_id: exposed.id,
      pulumi_stack_name: null,
      resources: [
        { kind: 'release', name: exposed.release_id, target: 'process' },
        { kind: 'route', name: exposed.external_url },
      ],
      state_backend_url: null,
    });
  },
);

test('of a deployment that came to nothing, nothing was made', limit, async () => {
  const failed = await deploy('hollow', { ...anApplication('one'), ...configure({ start_command: 'exit 3' }) });

  const { status, json } = await service.call('GET', `/api/v2/deployments/${failed.id}/infrastructure`);

  assert.deepEqual([failed.status, status, json['items']], ['FAILED', 200, []]);
});
