import { operations } from '@deployguard/contracts';
import type { FastifyReply } from 'fastify';
import type { Feature, Platform } from '../../feature.ts';
import { describeProofKey } from './describe-proof-key.ts';
import { createJobDuties } from './duties.ts';
import { createJobFiles } from './files.ts';
import { createJobService } from './service.ts';
import { createJobTasks } from './tasks.ts';

/** Repositories that are scanned, cleaned and pushed. */
export function createJobsFeature(platform: Platform): Feature {
  const jobs = createJobService(platform);
  const files = createJobFiles(platform, jobs);
  return {
    name: 'jobs',
    register(api) {
      api.add(operations.createJob, ({ caller, body, idempotency }) => jobs.create(caller, body, idempotency));
      api.add(operations.listJobs, ({ caller, query }) => jobs.list(caller, query));
      api.add(operations.getJob, ({ caller, params }) => jobs.get(caller, params.id));
      api.add(operations.deleteJob, ({ caller, params }) => jobs.remove(caller, params.id));
      api.add(operations.listJobSecrets, ({ caller, params, query }) => jobs.listSecrets(caller, params.id, query));
      api.add(operations.selectJobSecrets, ({ caller, params, body, idempotency }) => jobs.select(caller, params.id, body, idempotency));
      api.add(operations.cleanJob, ({ caller, params, idempotency }) => jobs.clean(caller, params.id, idempotency));
      api.add(operations.pushJob, ({ caller, params, body, idempotency }) => jobs.push(caller, params.id, body, idempotency));
      api.add(operations.downloadJob, async ({ caller, params, query }, reply) =>
        reply.redirect(await files.linkArchive(caller, params.id, query.format ?? 'zip', methodOf(reply)), 302),
      );
      api.add(operations.getJobReport, async ({ caller, params, query }, reply) => {
        const { mediaType, body } = await files.openReport(caller, params.id, query.format ?? 'json');
        return reply.type(mediaType).send(body);
      });
      api.add(operations.getJobProof, ({ caller, params }) => files.getProof(caller, params.id));
      api.add(operations.getProofKey, async () => describeProofKey(platform.keyring));
      api.addStream(operations.followJob, async ({ caller, params, afterSequence, signal }) => {
        await jobs.find(caller, params.id);
        return platform.events.follow({ tenantId: caller.actor.tenantId, subject: params.id }, { afterSequence, signal });
      });
    },
    tasks: createJobTasks(platform),
    duties: createJobDuties(platform),
  };
}

/** A link of S3 is signed for one method. */
function methodOf({ request: { method } }: FastifyReply): 'GET' | 'HEAD' {
  return method === 'HEAD' ? 'HEAD' : 'GET';
}
