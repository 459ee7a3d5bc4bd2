import { randomUUIDv7 } from 'node:crypto';
import type { Application, ApplicationDomains, ApplicationEnv, BodyOf, QueryOf, operations } from '@deployguard/contracts';
import type { BackgroundProcess } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { findTask } from '../../platform/tasks/index.ts';
import {
  countApplications,
  deleteDomains,
  findApplication,
  insertDomain,
  listApplications,
  listDomains,
  lockApplication,
  toColumns,
  updateApplication,
} from './application-queries.ts';
import type { ApplicationRow, ApplicationView, ScaleChange } from './application-queries.ts';
import type { ApplyInput } from './apply-task.ts';
import { assertFree } from './assert-free.ts';
import { waitWhileBusy } from './busy-error.ts';
import { isForOne } from './choose-target.ts';
import { scaleBackground } from './background-processes.ts';
import { cancelledByUser } from './deployment-error.ts';
import { listDeploymentsIn } from './deployment-queries.ts';
import { deleteVariables, listVariables, measureVariables, saveVariable } from './env-queries.ts';
import { listInUse, sealVariable } from './env-values.ts';
import { invalidField } from './invalid-field.ts';
import { applyKind, destroyKind } from './kinds.ts';
import { findRelease } from './release-queries.ts';
import type { OpenTarget } from './runtime.ts';
import { reservedVariable } from './reserved-variable.ts';
import { seeInstances } from './see-instances.ts';
import type { ReleaseSpec } from './release-spec.ts';
import { lockWithTask } from './lock-with-task.ts';
import { moveDeployment } from './move-deployment.ts';
import { parseHostName } from './parse-host-name.ts';
import { toApplication } from './to-answer.ts';
import { underWay } from './states.ts';
import { beginNext, interrupt, takeTurn } from './turns.ts';

type Ops = typeof operations;

const maxVariables = 500;
/** As they are kept; each release keeps them again, and a kernel gives a program some two megabytes (`ARG_MAX` of execve(2)). */
const maxSealedBytes = 1024 * 1024;

/** What people do with applications. */
export function createApplicationService(platform: Platform, openTarget: OpenTarget) {
  const { config } = platform;
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);
  const whenFree = <T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => waitWhileBusy(() => inTenant(caller, work));
  const show = async (row: ApplicationView): Promise<Application> =>
    toApplication(row, config, await seeInstances(openTarget(row.target), row));

  return {
    async list(caller: Caller, query: QueryOf<Ops['listApplications']>) {
      const page = parsePage(query);
      const { items, ...rest } = await inTenant(caller, async (tx) => ({
        ...buildPage(await listApplications(tx, query, page), page, (row) => row),
        ...(page.offset === undefined ? {} : { total: await countApplications(tx, query) }),
      }));
      return { items: await Promise.all(items.map(show)), ...rest };
    },

    async get(caller: Caller, id: string): Promise<Application> {
      return show(await inTenant(caller, (tx) => getApplication(tx, id)));
    },

    /** As it stands, with what is not shown; the release must be one of its. */
    async findPrinting(caller: Caller, id: string, releaseId: string | undefined): Promise<ApplicationRow> {
      return inTenant(caller, async (tx) => {
        const application = await getApplication(tx, id);
        if (releaseId !== undefined && (await findRelease(tx, releaseId))?.application_id !== id) throw notFoundError('release');
        return application;
      });
    },

    /** Whether it has not been destroyed. */
    async isThere(caller: Caller, id: string): Promise<boolean> {
      return inTenant(caller, async (tx) => (await findApplication(tx, id)) !== undefined);
    },

    /** What is under way is cancelled, and all goes; again it is no error. */
    async remove(caller: Caller, id: string): Promise<Application> {
      return inTenant(caller, async (tx) => {
        const application = (await lockWithTask(tx, id)) ?? fail();
        const shown = async (): Promise<Application> => await show(await getApplication(tx, id));
        const isUnderWay = await interrupt(tx, application, destroyKind);
        if (application.destroy_requested_at !== null && isUnderWay) return shown();
        const locked = await updateApplication(tx, id, { destroy_requested_at: application.destroy_requested_at ?? new Date() });
        const active = isUnderWay ? await findTask(tx, locked.active_task_id!) : undefined;
        // The one that a worker is at is ended by it.
        for (const { id: deployment } of await listDeploymentsIn(tx, id, isUnderWay ? ['QUEUED'] : ['QUEUED', ...underWay])) {
          if (deployment !== active?.subject)
            await moveDeployment(tx, deployment, {
              from: ['QUEUED', ...underWay],
              to: 'CANCELLED',
              change: { last_error: JSON.stringify(cancelledByUser) },
              details: { application_id: id },
            });
        }
        if (!isUnderWay) await beginNext(tx, await updateApplication(tx, id, { active_task_id: null }), auditFieldsOf(caller));
        const details = { application_id: id, name: application.name };
        await appendAudit(tx, { action: 'application_deleted', details, ...auditFieldsOf(caller) });
        return shown();
      });
    },

    async listEnv(caller: Caller, id: string): Promise<ApplicationEnv> {
      return inTenant(caller, async (tx) => {
        return showEnv(tx, await getApplication(tx, id));
      });
    },

    async setEnv(caller: Caller, id: string, { set = {}, unset = [] }: BodyOf<Ops['setApplicationEnv']>): Promise<ApplicationEnv> {
      const twice = unset.find((name) => Object.hasOwn(set, name));
      if (twice !== undefined) throw invalidField('/unset', `names ${twice}, which is to be set, too`);
      if (Object.hasOwn(set, reservedVariable.name)) throw invalidField(`/set/${reservedVariable.name}`, reservedVariable.message);
      return inTenant(caller, async (tx) => {
        const application = (await lockApplication(tx, { id })) ?? fail();
        for (const [name, value] of Object.entries(set)) await saveVariable(tx, id, name, sealVariable(platform.keyring, id, name, value));
        await deleteVariables(tx, id, unset);
        const shown = await showEnv(tx, application);
        if (shown.items.length > maxVariables) throw new ApiError('ILLEGAL_STATE', `An application has ${maxVariables} variables at most.`);
        if ((await measureVariables(tx, id)) > maxSealedBytes)
          throw new ApiError(
            'ILLEGAL_STATE',
            'The variables of an application may hold some 700 KiB together. Keep what is large elsewhere.',
          );
        const details = { application_id: id, set: Object.keys(set), unset };
        await appendAudit(tx, { action: 'application_env_changed', details, ...auditFieldsOf(caller) });
        return shown;
      });
    },

    async listDomains(caller: Caller, id: string): Promise<ApplicationDomains> {
      return inTenant(caller, async (tx) => ({ domains: [...(await getApplication(tx, id)).domains] }));
    },

    async setDomains(
      caller: Caller,
      id: string,
      body: BodyOf<Ops['setApplicationDomains']>,
      idempotency: RequestClaim | undefined,
    ): Promise<ApplicationDomains> {
      const domains = [...new Set(body.domains.map(readHostName))];
      if (domains.length > 0 && !config.deployments.customDomains && !isForOne(config)) {
        throw new ApiError(
          'ILLEGAL_STATE',
          'The operator of this service does not let users choose host names (deployments.customDomains).',
        );
      }
      const { domain } = config.deployments;
      const ours = domains.find((name) => name === domain || name.endsWith(`.${domain}`));
      if (ours !== undefined) throw invalidField('/domains', `holds ${ours}, which is given out by the service itself`);
      return whenFree(caller, async (tx) => {
        const application = (await lockApplication(tx, { id })) ?? fail();
        await assertFree(tx, application);
        await deleteDomains(tx, id, domains);
        const present = await listDomains(tx, id);
        for (const name of domains.filter((each) => !present.includes(each))) {
          const isMade = await insertDomain(tx, { id: randomUUIDv7(), application_id: id, name });
          if (!isMade) throw new ApiError('CONFLICT', `${name} leads to another application.`);
        }
        await begin(tx, caller, application, {});
        const details = { application_id: id, domains };
        await appendAudit(tx, { action: 'application_domains_changed', details, ...auditFieldsOf(caller) });
        const answer = { domains: await listDomains(tx, id) };
        await idempotency?.complete(tx, answer);
        return answer;
      });
    },

    async scale(
      caller: Caller,
      id: string,
      { instances, processes }: BodyOf<Ops['scaleApplication']>,
      idempotency: RequestClaim | undefined,
    ) {
      if (instances === undefined && processes === undefined) throw invalidField('', 'names nothing that could be scaled');
      return change(caller, id, {
        action: 'application_scaled',
        idempotency,
        choose({ process_instances: before, current_spec: spec, instances: chosen }) {
          const { background = [], instances: configured } = spec as ReleaseSpec;
          const unknown = Object.keys(processes ?? {}).find((name) => !background.some((each) => each.name === name));
          if (unknown !== undefined)
            throw invalidField(`/processes/${unknown}`, `names no process of the release; ${describeProcesses(background)}`);
          const counts = { ...(before as Record<string, number>), ...processes };
          const all = scaleBackground(background, counts).reduce((sum, each) => sum + each.instances, instances ?? chosen ?? configured);
          if (all > config.limits.maxInstancesPerDeployment) {
            throw invalidField(
              '',
              `asks for ${all} instances, more than the ${config.limits.maxInstancesPerDeployment} that an application may have (limits.maxInstancesPerDeployment)`,
            );
          }
          return { ...(instances !== undefined && { instances }), ...(processes && { process_instances: counts }) };
        },
      });
    },

    async stop(caller: Caller, id: string, idempotency: RequestClaim | undefined) {
      return change(caller, id, { action: 'application_stopped', choose: () => ({ is_stopped: true }), idempotency });
    },

    async start(caller: Caller, id: string, idempotency: RequestClaim | undefined) {
      return change(caller, id, { action: 'application_started', choose: () => ({ is_stopped: false }), idempotency });
    },
  };

  async function showEnv(tx: Tx, { id, current_release_id: currentId }: ApplicationRow): Promise<ApplicationEnv> {
    const variables = await listVariables(tx, id);
    const release = currentId === null ? undefined : await findRelease(tx, currentId);
    const inUse = release === undefined ? new Set() : listInUse(platform.keyring, id, release, variables);
    return { items: variables.map(({ name, updated_at: at }) => ({ name, updated_at: at.toISOString(), is_in_use: inUse.has(name) })) };
  }

  interface Change {
    readonly action: string;
    readonly choose: (application: ApplicationView) => ScaleChange;
    readonly idempotency: RequestClaim | undefined;
  }

  async function change(caller: Caller, id: string, { action, choose, idempotency }: Change): Promise<Application> {
    return whenFree(caller, async (tx) => {
      const application = (await lockApplication(tx, { id })) ?? fail();
      if (application.current_release_id === null) throw new ApiError('ILLEGAL_STATE', 'Nothing is deployed.');
      await assertFree(tx, application);
      const before = await getApplication(tx, id);
      const wanted = choose(before);
      const otherwise = Object.fromEntries(Object.keys(wanted).map((key) => [key, before[key as keyof ScaleChange]])) as ScaleChange;
      await begin(tx, caller, await updateApplication(tx, id, toColumns(wanted)), otherwise);
      const answer = await show(await getApplication(tx, id));
      await idempotency?.complete(tx, answer);
      await appendAudit(tx, { action, details: { application_id: id, ...wanted }, ...auditFieldsOf(caller) });
      return answer;
    });
  }

  async function begin(
    tx: Tx,
    caller: Caller,
    application: ApplicationRow,
    otherwise: NonNullable<ApplyInput['otherwise']>,
  ): Promise<void> {
    const { current_deployment_id: current } = await getApplication(tx, application.id);
    const input: ApplyInput = { applicationId: application.id, otherwise };
    await takeTurn(tx, application, { kind: applyKind, input, subject: current ?? application.id, requester: auditFieldsOf(caller) });
  }
}

function readHostName(text: string, index: number): string {
  const name = parseHostName(text);
  if (name === undefined) throw invalidField(`/domains/${index}`, 'is no host name, such as shop.example.com');
  return name;
}

function describeProcesses(background: readonly BackgroundProcess[]): string {
  return `it has ${['web', ...background.map(({ name }) => name)].join(', ')}`;
}

async function getApplication(tx: Tx, id: string): Promise<ApplicationView> {
  return (await findApplication(tx, id)) ?? fail();
}

function fail(): never {
  throw notFoundError('application');
}
