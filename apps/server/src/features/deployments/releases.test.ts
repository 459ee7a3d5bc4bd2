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
  service = await startDeploymentsService();
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
  'a release says what it is made of, signed, and what a scanner found; what is changed afterwards is not passed off as that',
  limit,
  async () => {
    const files = { ...anApplication('one'), 'package-lock.json': lock };
    const unscanned = await expose('made-of', files);
    installTrivy('image.json');
    const release = await expose('made-of', { ...files, 'more.txt': 'other content' });
    const sbom = await service.call('GET', `/api/v2/releases/${release.id}/sbom`);
    const { json } = await service.call('GET', `/api/v2/releases/${release.id}/evidence`);
    const evidence = json as unknown as ReleaseEvidence;

    assert.deepEqual(
      [unscanned.scan?.status, unscanned.scan?.reason, unscanned.components],
      ['skipped', 'Trivy or Grype is not installed', 2],
    );
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
