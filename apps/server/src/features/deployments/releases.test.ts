import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Updateable } from 'kysely';
import type { Release, ReleaseEvidence } from '@deployguard/contracts';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import type { Schema } from '../../platform/database/index.ts';

const limit = { timeout: 600_000 };
const tools = createTemporaryDirectory();
const searchPath = process.env['PATH'];
let service: DeploymentsService;

before(async () => {
  process.env['PATH'] = `${tools.path}:${searchPath}`;
  service = await startDeploymentsService({ environment: { DEPLOYGUARD_LIMITS_MAX_INSTANCES_PER_DEPLOYMENT: '3' } });
  await service.startWorker();
});
after(async () => {
  await service.stop();
  process.env['PATH'] = searchPath;
  tools.dispose();
});

async function expose(name: string, files: Record<string, string>, application: Record<string, unknown> = {}): Promise<Release> {
  const id = await service.deploy(name, files, { config: { application: { ...quickly, ...application } } });
  const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED', 'ROLLED_BACK');
  assert.equal(status, 'EXPOSED', JSON.stringify(error));
  await service.settle(name);
  const { json } = await service.call('GET', `/api/v2/deployments/${id}/releases`);
  return (json['items'] as Release[])[0]!;
}

const lock = JSON.stringify({
  lockfileVersion: 3,
  packages: { '': { name: 'app' }, 'node_modules/left-pad': { version: '1.3.0' }, 'node_modules/ms': { version: '2.1.3' } },
});

/** A scanner is no package of a registry: a program of its name leaves a report that the real one has made. */
function installTrivy(report: string): void {
  const fixture = join(import.meta.dirname, '..', '..', '..', '..', '..', 'packages', 'reports', 'test', 'fixtures', 'trivy', report);
  writeFileSync(join(tools.path, 'trivy'), `#!/bin/sh\nfor last; do :; done\ncp '${fixture}' "$last"\n`);
  chmodSync(join(tools.path, 'trivy'), 0o755);
}

test(
  'a release says what it is made of, signed, what a scanner found and which variables changed; what is changed afterwards is not passed off as that',
  limit,
  async () => {
    const files = { ...anApplication('one'), 'package-lock.json': lock };
    const unscanned = await expose('made-of', files);
    installTrivy('image.json');
    const { id: applicationId } = (await service.settle('made-of'))!;
    const set = await service.call('PATCH', `/api/v2/applications/${applicationId}/env`, { set: { TOKEN: 'a value' } });
    const release = await expose('made-of', { ...files, 'more.txt': 'other content' });
    const sbom = await service.call('GET', `/api/v2/releases/${release.id}/sbom`);
    const { json } = await service.call('GET', `/api/v2/releases/${release.id}/evidence`);
    const env = await service.call('GET', `/api/v2/applications/${applicationId}/env`);
    const evidence = json as unknown as ReleaseEvidence;

    assert.deepEqual(
      [unscanned.scan?.status, unscanned.scan?.reason, unscanned.components],
      ['skipped', 'Trivy or Grype is not installed', 2],
    );
    const isInUse = ({ items }: Record<string, unknown>): boolean[] => (items as { is_in_use: boolean }[]).map((item) => item.is_in_use);
    assert.deepEqual([isInUse(set.json), isInUse(env.json)], [[false], [true]]);
    assert.deepEqual([unscanned.changed_variables, release.changed_variables], [[], ['TOKEN']]);
    const components = sbom.json['components'] as { purl: string }[];
    assert.deepEqual([sbom.json['bomFormat'], sbom.json['specVersion']], ['CycloneDX', '1.6']);
    assert.deepEqual(
      components.map(({ purl }) => purl),
      ['pkg:npm/left-pad@1.3.0', 'pkg:npm/ms@2.1.3'],
    );
    // By hand, as https://github.com/secure-systems-lab/dsse/blob/master/protocol.md says.
    const payload = Buffer.from(evidence.attestation.payload, 'base64');
    const { payloadType, signatures } = evidence.attestation;
    const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
    assert.ok(verify(null, signed, createPublicKey(evidence.public_key), Buffer.from(signatures[0]!.sig, 'base64')));
    assert.deepEqual(JSON.parse(payload.toString()).subject, [
      { name: 'made-of', digest: { sha256: release.digest.replace('sha256:', '') } },
    ]);
    assert.deepEqual([evidence.image_signature, evidence.name], [null, 'made-of']);
    assert.equal(evidence.scan.status, 'done');
    assert.equal(evidence.scan.scanner, 'trivy');
    assert.deepEqual(release.scan, evidence.scan);
    assert.equal(
      Object.values(evidence.scan.counts!).reduce((sum, count) => sum + count, 0),
      evidence.vulnerabilities.length,
    );
    assert.ok(evidence.vulnerabilities.length > 0);

    const { database } = service.platform;
    const [tenant] = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
    const change = (values: Updateable<Schema['releases']>) =>
      database.asTenant(tenant!.tenant_id, (tx) => tx.updateTable('releases').set(values).where('id', '=', release.id).execute());
    const { attestation } = await database.asTenant(tenant!.tenant_id, (tx) =>
      tx.selectFrom('releases').select('attestation').where('id', '=', unscanned.id).executeTakeFirstOrThrow(),
    );
    await change({ attestation });
    const exchanged = await service.call('GET', `/api/v2/releases/${release.id}/sbom`);
    await change({ attestation: null, evidence: null });
    const older = await service.call('GET', `/api/v2/releases/${release.id}/sbom`);

    assert.deepEqual([exchanged.status, older.status], [409, 409]);
  },
);

test('each process of a Procfile runs, is scaled by itself and named in what is printed; users are led to web alone', limit, async () => {
  const worker = "console.log('works'); setInterval(() => {}, 1000);";
  const files = { ...anApplication('one'), 'worker.js': worker, Procfile: 'web: node server.js\nworker: exec node worker.js\n' };
  const release = await expose('processes', files);
  const { id } = (await service.settle('processes'))!;
  const scale = async (body: Record<string, unknown>) => {
    const { status } = await service.call('POST', `/api/v2/applications/${id}/scale`, body);
    const { processes } = (await service.settle('processes'))!;
    const running = await service.listInstances('processes');
    return { status, processes, running: running.map(({ process = 'web' }) => process).sort() };
  };

  const scaled = await scale({ processes: { worker: 2 } });
  const both = await scale({ instances: 2, processes: { worker: 1 } });
  const unknown = await scale({ processes: { mailer: 1 } });
  const tooMany = await scale({ instances: 10, processes: { worker: 1 } });
  const { text } = await service.call('GET', `/api/v2/applications/${id}/logs?follow=false`);
  const answer = await service.ask('processes');
  const stopped = await service.call('POST', `/api/v2/applications/${id}/stop`);
  await service.settle('processes');

  assert.equal(release.is_current, true);
  assert.deepEqual(scaled, { status: 202, processes: { web: 1, worker: 2 }, running: ['web', 'worker', 'worker'] });
  assert.deepEqual(both, { status: 202, processes: { web: 2, worker: 1 }, running: ['web', 'web', 'worker'] });
  assert.deepEqual([unknown.status, tooMany.status], [422, 422]);
  assert.deepEqual([unknown.running, tooMany.processes], [both.running, both.processes]);
  assert.match(text, /"process":"worker","stream":"stdout","line":"works"/);
  assert.deepEqual(answer, { status: 200, text: 'one ' });
  assert.equal(stopped.status, 202);
  assert.deepEqual(await service.listInstances('processes'), []);
  assert.deepEqual(await service.listRemains('processes'), []);
});

test(
  'an application that was scaled gets no release, and is led back to none, of which it would have more instances than it may',
  limit,
  async () => {
    const processes = { worker: { command: 'sleep 1000', instances: 2 } };
    const older = await expose('scaled', anApplication('one'), { processes });
    await expose('scaled', anApplication('two'));
    const { id, current_deployment_id: current } = (await service.settle('scaled'))!;
    await service.call('POST', `/api/v2/applications/${id}/scale`, { instances: 2 });
    await service.settle('scaled');
    const fail = async (deployment: string) => {
      const { status, last_error: error } = await service.waitFor(deployment, 'EXPOSED', 'FAILED');
      await service.settle('scaled');
      return [status, error?.code, error?.message];
    };

    const deployed = await fail(
      await service.deploy('scaled', anApplication('three'), { config: { application: { ...quickly, processes } } }),
    );
    const { json } = await service.call('POST', '/api/v2/deployments', { from_release_id: older.id });
    const restarted = await fail(String(json['id']));
    const back = await service.call('POST', `/api/v2/deployments/${current}/rollback`, {});
    await service.settle('scaled');

    const message =
      'The release would have 4 instances, more than the 3 that an application may have (limits.maxInstancesPerDeployment). Scale it down first, as by `deployguard apps scale scaled 1`.';
    assert.deepEqual(deployed, ['FAILED', 'LIMIT_EXCEEDED', message]);
    assert.deepEqual(restarted, deployed);
    assert.deepEqual([back.status, back.json['detail']], [409, message]);
    assert.deepEqual(await service.ask('scaled'), { status: 200, text: 'two ' });
    assert.equal((await service.listInstances('scaled')).length, 2);
  },
);
