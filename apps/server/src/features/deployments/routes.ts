import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { createApplicationService } from './application-service.ts';
import { createDeploymentService } from './deployment-service.ts';
import { createDeploymentDuties } from './duties.ts';
import { followLogs } from './follow-logs.ts';
import { createReleaseService } from './release-service.ts';
import { createRuntimeOpener, createTargetOpener } from './runtime.ts';
import { createDeploymentTasks } from './tasks.ts';

/** Applications, and how each gets from a commit to its users. */
export function createDeploymentsFeature(platform: Platform): Feature {
  const deployments = createDeploymentService(platform);
  const openTarget = createTargetOpener(platform);
  const applications = createApplicationService(platform, openTarget);
  const releases = createReleaseService(platform);
  const openRuntime = createRuntimeOpener(platform, openTarget);
  return {
    name: 'deployments',
    register(api) {
      api.add(operations.createDeployment, ({ caller, body, idempotency }) => deployments.create(caller, body, idempotency));
      api.add(operations.listDeployments, ({ caller, query }) => deployments.list(caller, query));
      api.add(operations.getDeployment, ({ caller, params }) => deployments.get(caller, params.id));
      api.add(operations.deleteDeployment, ({ caller, params, query }) => deployments.remove(caller, params.id, query));
      api.addStream(operations.followDeployment, async ({ caller, params, afterSequence, signal }) => {
        await deployments.get(caller, params.id);
        return platform.events.follow({ tenantId: caller.actor.tenantId, subject: params.id }, { afterSequence, signal });
      });
      api.add(operations.rollBackDeployment, ({ caller, params, body, idempotency }) =>
        deployments.rollBack(caller, params.id, body, idempotency),
      );
      api.add(operations.listDeploymentReleases, ({ caller, params, query }) => deployments.listReleases(caller, params.id, query));
      api.add(operations.updateRelease, ({ caller, params, body }) => releases.update(caller, params.id, body));
      api.add(operations.getReleaseSbom, ({ caller, params }) => releases.getSbom(caller, params.id));
      api.add(operations.getReleaseEvidence, ({ caller, params }) => releases.getEvidence(caller, params.id));
      api.add(operations.listDeploymentBuilds, ({ caller, params, query }) => deployments.listBuilds(caller, params.id, query));
      api.add(operations.listDeploymentInfrastructure, ({ caller, params, query }) =>
        deployments.listInfrastructure(caller, params.id, query),
      );
      api.add(operations.listApplications, ({ caller, query }) => applications.list(caller, query));
      api.add(operations.getApplication, ({ caller, params }) => applications.get(caller, params.id));
      api.addStream(operations.followApplication, async ({ caller, params, query, afterSequence, signal }) => {
        const { last = 100, follow = 'true', release_id: release } = query;
        const { label, target: kind } = await applications.findPrinting(caller, params.id, release);
        const isThere = (): Promise<boolean> => applications.isThere(caller, params.id);
        return followLogs(openTarget(kind), label, { release, last, isFollowed: follow === 'true', afterSequence, isThere, signal });
      });
      api.add(operations.deleteApplication, ({ caller, params }) => applications.remove(caller, params.id));
      api.add(operations.getApplicationEnv, ({ caller, params }) => applications.listEnv(caller, params.id));
      api.add(operations.setApplicationEnv, ({ caller, params, body }) => applications.setEnv(caller, params.id, body));
      api.add(operations.getApplicationDomains, ({ caller, params }) => applications.listDomains(caller, params.id));
      api.add(operations.setApplicationDomains, ({ caller, params, body, idempotency }) =>
        applications.setDomains(caller, params.id, body, idempotency),
      );
      api.add(operations.scaleApplication, ({ caller, params, body, idempotency }) =>
        applications.scale(caller, params.id, body, idempotency),
      );
      api.add(operations.stopApplication, ({ caller, params, idempotency }) => applications.stop(caller, params.id, idempotency));
      api.add(operations.startApplication, ({ caller, params, idempotency }) => applications.start(caller, params.id, idempotency));
    },
    tasks: createDeploymentTasks(platform, openRuntime),
    duties: createDeploymentDuties(platform, openRuntime),
  };
}
