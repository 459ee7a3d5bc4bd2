import { randomUUIDv7 } from 'node:crypto';
import type { BodyOf, Deployment, QueryOf, operations } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, PageRequest, RequestClaim } from '../../platform/http/index.ts';
import { findTask } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { countApplications, insertApplication, lockApplication, updateApplication } from './application-queries.ts';
import type { ApplicationRow } from './application-queries.ts';
import { assertFree, isFree } from './assert-free.ts';
import { waitWhileBusy } from './busy-error.ts';
import { chooseTarget } from './choose-target.ts';
import { cancelledByUser } from './deployment-error.ts';
import { assertOneSource, findOrigin, nameOf } from './deployment-origin.ts';
import {
  countDeployments,
  countOpenDeployments,
  findDeployment,
  insertDeployment,
  listDeployments,
  lockQuotas,
} from './deployment-queries.ts';
import type { DeploymentView } from './deployment-queries.ts';
import { endDeployment } from './end-deployment.ts';
import { findExcess, findTooMany } from './find-excess.ts';
import { invalidField } from './invalid-field.ts';
import { applyKind, destroyKind, rollBackKind } from './kinds.ts';
import type { DestroyInput, RollBackInput } from './kinds.ts';
import { lockWithTask } from './lock-with-task.ts';
import { moveDeployment } from './move-deployment.ts';
import { countRows, findRelease, findReleaseBefore, listBuilds, listInfrastructure, listReleases } from './release-queries.ts';
import type { ReleaseSpec } from './release-spec.ts';
import { reservedVariable } from './reserved-variable.ts';
import { gone, steps, underWay } from './states.ts';
import { toBuild, toDeployment, toInfrastructure, toRelease } from './to-answer.ts';
import { beginNext, findActiveTask, interrupt, takeTurn } from './turns.ts';

type Ops = typeof operations;
type CreateBody = BodyOf<Ops['createDeployment']>;

/** What people do with deployments. Each change is one transaction: the rows, the task, the event and the audit entry, or nothing. */
export function createDeploymentService(platform: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);
  const whenFree = <T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => waitWhileBusy(() => inTenant(caller, work));

  return {
    async create(caller: Caller, body: CreateBody, idempotency: RequestClaim | undefined): Promise<Deployment> {
      assertOneSource(body);
      const name = nameOf(body);
      if (name === undefined && body.from_release_id === undefined)
        throw invalidField('/application', 'must be given: the repository has no name of its own');
      assertNotReserved(body);
      const excess = findExcess(body.config ?? {}, platform.config);
      if (excess !== undefined) throw invalidField(`/config/${excess.path.join('/')}`, excess.message);
      return whenFree(caller, async (tx) => {
        await lockQuotas(tx);
        const origin = await findOrigin(tx, body);
        const application =
          origin.applicationId === undefined
            ? ((await lockApplication(tx, { name: name! })) ?? (await makeApplication(tx, caller, name!)))
            : ((await lockApplication(tx, { id: origin.applicationId })) ?? fail());
        if (name !== undefined && name !== application.name) throw invalidField('/application', 'is not the one of the release');
        // Behind what is under way it would lead users back to what they have now.
        if (body.from_release_id === application.current_release_id) await assertFree(tx, application);
        await assertMayDeploy(tx, application);
        const number = application.last_deployment_number + 1;
        const freed = (await isFree(tx, application)) && { active_task_id: null };
        const { id } = await insertDeployment(tx, {
          id: randomUUIDv7(),
          application_id: application.id,
          user_id: caller.actor.userId,
          number,
          ...origin.columns,
          current_step: steps.QUEUED,
        });
        const locked = await updateApplication(tx, application.id, { last_deployment_number: number, ...freed });
        await beginNext(tx, locked, auditFieldsOf(caller));
        await announceState(tx, id, 'QUEUED', { application_id: application.id });
        const answer = toDeployment((await findDeployment(tx, id))!);
        await idempotency?.complete(tx, answer);
        const { repo_url: repoUrl, source_id: sourceId, from_release_id: fromReleaseId, branch, commit, waivers = [] } = body;
        const source = { repo_url: repoUrl, source_id: sourceId, from_release_id: fromReleaseId, branch, commit };
        const details = { deployment_id: id, application: application.name, ...source, waivers };
        await appendAudit(tx, { action: 'deployment_created', details, ...auditFieldsOf(caller) });
        return answer;
      });
    },

    async list(caller: Caller, query: QueryOf<Ops['listDeployments']>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => ({
        ...buildPage(await listDeployments(tx, query, page), page, toDeployment),
        ...(page.offset === undefined ? {} : { total: await countDeployments(tx, query) }),
      }));
    },

    async get(caller: Caller, id: string): Promise<Deployment> {
      return toDeployment(await inTenant(caller, (tx) => getDeployment(tx, id)));
    },

    /** Cancels what has not reached its users, and destroys what has; again it is no error. */
    async remove(caller: Caller, id: string, { only }: QueryOf<Ops['deleteDeployment']>): Promise<Deployment> {
      return whenFree(caller, async (tx) => {
        const { application_id: applicationId } = await getDeployment(tx, id);
        const application = (await lockWithTask(tx, applicationId)) ?? fail();
        const deployment = await getDeployment(tx, id);
        if (only === 'cancel' && !['QUEUED', ...underWay].includes(deployment.status))
          throw new ApiError('ILLEGAL_STATE', `The deployment is not under way any more: it is ${deployment.status}.`);
        await end(tx, caller, application, deployment);
        await appendAudit(tx, {
          action: 'deployment_deleted',
          details: { deployment_id: id, status: deployment.status },
          ...auditFieldsOf(caller),
        });
        return toDeployment(await getDeployment(tx, id));
      });
    },

    async rollBack(
      caller: Caller,
      id: string,
      { release_id: releaseId }: BodyOf<Ops['rollBackDeployment']>,
      idempotency: RequestClaim | undefined,
    ) {
      return whenFree(caller, async (tx) => {
        const { application_id: applicationId } = await getDeployment(tx, id);
        const application = (await lockApplication(tx, { id: applicationId })) ?? fail();
        const deployment = await getDeployment(tx, id);
        if (application.is_stopped) {
          throw new ApiError(
            'ILLEGAL_STATE',
            `The application is stopped. Start it first: \`deployguard apps start ${application.name}\`.`,
          );
        }
        if (!deployment.is_current) {
          throw new ApiError('ILLEGAL_STATE', `Only what users have now can be rolled back. This deployment is ${deployment.status}.`);
        }
        const release = await chooseRelease(tx, deployment, releaseId);
        await assertFree(tx, application);
        const tooMany = findTooMany(release.spec as ReleaseSpec, application, platform.config);
        if (tooMany !== undefined) throw new ApiError('ILLEGAL_STATE', tooMany);
        await moveDeployment(tx, id, {
          from: ['EXPOSED', 'ROLLBACK_FAILED', 'ROLLING_BACK'],
          to: 'ROLLING_BACK',
          details: { application_id: applicationId, release_id: release.id },
        });
        const input: RollBackInput = { applicationId, deploymentId: id, releaseId: release.id };
        await takeTurn(tx, application, { kind: rollBackKind, input, subject: id, requester: auditFieldsOf(caller) });
        const answer = toDeployment(await getDeployment(tx, id));
        await idempotency?.complete(tx, answer);
        const details = { deployment_id: id, release_id: release.id };
        await appendAudit(tx, { action: 'rollback_requested', details, ...auditFieldsOf(caller) });
        return answer;
      });
    },

    async listReleases(caller: Caller, id: string, query: QueryOf<Ops['listDeploymentReleases']>) {
      return listPart(caller, id, query, 'releases');
    },

    async listBuilds(caller: Caller, id: string, query: QueryOf<Ops['listDeploymentBuilds']>) {
      return listPart(caller, id, query, 'builds');
    },

    async listInfrastructure(caller: Caller, id: string, query: QueryOf<Ops['listDeploymentInfrastructure']>) {
      return listPart(caller, id, query, 'infrastructure');
    },
  };

  async function listPart<Name extends keyof typeof parts>(
    caller: Caller,
    id: string,
    query: QueryOf<Ops['listDeploymentBuilds']>,
    name: Name,
  ): Promise<Awaited<ReturnType<(typeof parts)[Name]>> & { total?: number }> {
    const page = parsePage(query);
    return inTenant(caller, async (tx) => {
      const deployment = await getDeployment(tx, id);
      const found = (await parts[name](tx, deployment, page)) as Awaited<ReturnType<(typeof parts)[Name]>>;
      const owner = name === 'releases' ? { applicationId: deployment.application_id } : { deploymentId: id };
      return { ...found, ...(page.offset === undefined ? {} : { total: await countRows(tx, name, owner) }) };
    });
  }

  async function makeApplication(tx: Tx, caller: Caller, name: string): Promise<ApplicationRow> {
    const target = chooseTarget(platform.config);
    if (target === undefined) {
      throw new ApiError(
        'ILLEGAL_STATE',
        'This service deploys nothing: its operator has not chosen where applications run (deployments.target).',
      );
    }
    const { maxApplicationsPerUser } = platform.config.limits;
    if ((await countApplications(tx, {})) >= maxApplicationsPerUser) {
      throw new ApiError(
        'ILLEGAL_STATE',
        `There are ${maxApplicationsPerUser} applications already, as many as may be (limits.maxApplicationsPerUser). Destroy one first: \`deployguard apps destroy\`.`,
      );
    }
    const id = randomUUIDv7();
    const row = { id, user_id: caller.actor.userId, name, target };
    // Host names are shared by all: whoever comes later gets one with a mark.
    const made =
      (await insertApplication(tx, { ...row, label: name })) ?? (await insertApplication(tx, { ...row, label: `${name}-${id.slice(-8)}` }));
    if (made === undefined) throw new ApiError('UNAVAILABLE', 'The application could not be made. Try again.');
    return made;
  }

  async function assertMayDeploy(tx: Tx, application: ApplicationRow): Promise<void> {
    if (application.destroy_requested_at !== null) throw new ApiError('ILLEGAL_STATE', 'The application is being destroyed.');
    const { maxQueuedDeploymentsPerUser } = platform.config.limits;
    if ((await countOpenDeployments(tx)) >= maxQueuedDeploymentsPerUser) {
      throw new ApiError(
        'ILLEGAL_STATE',
        `${maxQueuedDeploymentsPerUser} deployments wait or are under way already. Wait for them, or cancel some.`,
      );
    }
  }

  async function end(tx: Tx, caller: Caller, application: ApplicationRow, deployment: DeploymentView): Promise<void> {
    const { id, status } = deployment;
    if (gone.includes(status)) return;
    // One whose destruction came to nothing is destroyed anew.
    if (status === 'DESTROYING' && (await isBeingDestroyed(tx, application, id))) return;
    const requester = auditFieldsOf(caller);
    const details = { application_id: application.id };
    if (status === 'QUEUED' || underWay.includes(status)) {
      const isAtWork =
        application.active_task_id !== null && (status !== 'QUEUED' || !(await isOfAnother(tx, application.active_task_id, id)));
      // The worker that is at it undoes it, and says so.
      if (isAtWork && (await interrupt(tx, application))) return;
      await endDeployment(tx, deployment, { to: 'CANCELLED', error: cancelledByUser });
      if (!isAtWork) return;
      const free = await updateApplication(tx, application.id, { active_task_id: null });
      // An attempt before may have started something.
      const input = { applicationId: application.id };
      await takeTurn(tx, free, { kind: applyKind, input, subject: id, requester });
      return;
    }
    await assertFree(tx, application);
    await moveDeployment(tx, id, {
      from: ['EXPOSED', 'STOPPED', 'ROLLING_BACK', 'ROLLED_BACK', 'ROLLBACK_FAILED', 'DESTROYING'],
      to: 'DESTROYING',
      change: status === 'DESTROYING' ? { last_error: null } : {},
      details,
    });
    const input: DestroyInput = { applicationId: application.id, deploymentId: id };
    await takeTurn(tx, application, { kind: destroyKind, input, subject: id, requester });
  }
}

/** @throws {ApiError} INVALID */
function assertNotReserved({ config }: CreateBody): void {
  const { name, message } = reservedVariable;
  if (Object.hasOwn(config?.application?.env_vars ?? {}, name)) throw invalidField(`/config/application/env_vars/${name}`, message);
}

/** A task that is not kept any more is nobody's. */
async function isOfAnother(tx: Tx, taskId: string, deploymentId: string): Promise<boolean> {
  const task = await findTask(tx, taskId);
  return task !== undefined && task.subject !== deploymentId;
}

/** By itself or with its application. */
async function isBeingDestroyed(tx: Tx, application: ApplicationRow, deploymentId: string): Promise<boolean> {
  if (application.destroy_requested_at !== null) return true;
  const task = await findActiveTask(tx, application);
  return task?.kind === destroyKind.kind && task.subject === deploymentId;
}

const parts = {
  releases: async (tx: Tx, { application_id: applicationId }: DeploymentView, page: PageRequest) => {
    const application = await lockless(tx, applicationId);
    return buildPage(await listReleases(tx, applicationId, page), page, (row) => toRelease(row, application));
  },
  builds: async (tx: Tx, { id }: DeploymentView, page: PageRequest) => buildPage(await listBuilds(tx, id, page), page, toBuild),
  infrastructure: async (tx: Tx, { id }: DeploymentView, page: PageRequest) =>
    buildPage(await listInfrastructure(tx, id, page), page, toInfrastructure),
} as const;

async function lockless(tx: Tx, applicationId: string): Promise<string | null> {
  const row = await tx.selectFrom('applications').select('current_release_id').where('id', '=', applicationId).executeTakeFirst();
  return row?.current_release_id ?? null;
}

async function chooseRelease(tx: Tx, deployment: DeploymentView, releaseId: string | undefined) {
  const current = (await findRelease(tx, deployment.release_id!))!;
  if (releaseId === undefined) {
    const before = await findReleaseBefore(tx, current);
    if (before === undefined) throw new ApiError('ILLEGAL_STATE', 'There is no older release that was good and is still kept.');
    return before;
  }
  const release = await findRelease(tx, releaseId);
  if (release?.application_id !== deployment.application_id) throw invalidField('/release_id', 'names no release of this application');
  if (release.id === current.id) throw invalidField('/release_id', 'names the release that users have');
  if (release.removed_at !== null) throw invalidField('/release_id', 'names a release that is not kept any more');
  if (!release.was_good) throw invalidField('/release_id', 'names a release that never reached its users');
  return release;
}

async function getDeployment(tx: Tx, id: string): Promise<DeploymentView> {
  return (await findDeployment(tx, id)) ?? fail();
}

function fail(): never {
  throw notFoundError('deployment');
}
