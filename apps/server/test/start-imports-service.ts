import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReportAccepted, ReportImportDetails } from '@deployguard/contracts';
import type { Tx } from '../src/platform/database/index.ts';
import { startWorkingService } from './start-working-service.ts';
import type { WorkingService, WorkingServiceOptions } from './start-working-service.ts';

/** The API and a worker, to which alice uploads reports. */
export interface ImportsService extends WorkingService {
  send(form: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The answer to a form that is taken. Without content it names an upload. */
  upload(content: string | undefined, fields: Readonly<Record<string, string>>): Promise<ReportAccepted>;
  waitForEnd(jobId: string): Promise<ReportImportDetails>;
  /** Uploads, and waits for the end. */
  run(content: string, fields: Readonly<Record<string, string>>): Promise<ReportImportDetails>;
  /** In alice's tenant. */
  inTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  countFindings(assessment: string): Promise<number>;
}

export async function startImportsService({ change }: Pick<WorkingServiceOptions, 'change'> = {}): Promise<ImportsService> {
  const service = await startWorkingService({
    environment: {
      DEPLOYGUARD_IMPORTS_STREAM_CLOSE_SECONDS: '0',
      DEPLOYGUARD_IMPORTS_PHOENIX_REQUESTS_PER_MINUTE: '6000',
      DEPLOYGUARD_IMPORTS_MAX_REPORT_BYTES: '1000000',
      DEPLOYGUARD_EGRESS_ALLOW: 'localhost,127.0.0.1',
    },
    ...(change && { change }),
  });
  const { app } = service;
  await service.startWorker();

  async function send(form: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${app.url}/api/v1/upload`, {
      method: 'POST',
      headers: { ...(await app.asUser('alice')), 'content-type': 'multipart/form-data; boundary=limit', ...headers },
      body: new Uint8Array(form),
    });
  }

  async function upload(content: string | undefined, fields: Readonly<Record<string, string>>): Promise<ReportAccepted> {
    const answer = await send(buildForm(content, fields));
    const text = await answer.text();
    assert.equal(answer.status, 202, text);
    return JSON.parse(text) as ReportAccepted;
  }

  async function waitForEnd(jobId: string): Promise<ReportImportDetails> {
    for (;;) {
      const { status, json } = await service.call('GET', `/api/v1/jobs/${jobId}`);
      assert.equal(status, 200);
      const job = json as unknown as ReportImportDetails;
      if (['completed', 'failed', 'cancelled'].includes(job.status)) return job;
      await delay(30);
    }
  }

  async function inTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const tenant = await app.database.asSystem((tx) =>
      tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
    );
    return app.database.asTenant(tenant.tenant_id, work);
  }

  return {
    ...service,
    send,
    upload,
    waitForEnd,
    run: async (content, fields) => waitForEnd((await upload(content, fields)).job_id),
    inTenant,
    async countFindings(assessment) {
      const rows = await inTenant((tx) =>
        tx
          .selectFrom('findings')
          .innerJoin('assessments', 'assessments.id', 'findings.assessment_id')
          .select('findings.id')
          .where('assessments.name', '=', assessment)
          .execute(),
      );
      return rows.length;
    },
  };
}

/** What is sent for an upload (RFC 7578); without content there is no file in it. */
export function buildForm(content: string | undefined, fields: Readonly<Record<string, string>>, boundary = 'limit'): Buffer {
  const parts = Object.entries(fields).map(([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`);
  if (content !== undefined)
    parts.push(
      `Content-Disposition: form-data; name="file"; filename="../report.json"\r\nContent-Type: application/json\r\n\r\n${content}`,
    );
  return Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`);
}

/** A report of Trivy with so many vulnerabilities. */
export function printTrivyReport(count: number): string {
  const Vulnerabilities = Array.from({ length: count }, (_, n) => ({
    VulnerabilityID: `CVE-2024-${1000 + n}`,
    PkgName: `package-${n}`,
    InstalledVersion: '1.0.0',
    FixedVersion: '1.0.1',
    Title: `Problem ${n}`,
    Severity: 'HIGH',
  }));
  return JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: 'shop:1',
    ArtifactType: 'container_image',
    Results: [{ Target: 'shop:1', Class: 'lang-pkgs', Type: 'npm', Vulnerabilities }],
  });
}
