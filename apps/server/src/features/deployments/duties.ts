import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instance, Route, Target } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { routerOrderOf } from '../../router.ts';
import { listServing, lockApplication } from './application-queries.ts';
import type { ApplicationView } from './application-queries.ts';
import { countProcesses } from './count-processes.ts';
import { createRouterDuty } from './keep-router.ts';
import { applyKind } from './kinds.ts';
import { hostsOf } from './load-release.ts';
import type { OpenRuntime } from './runtime.ts';
import { takeTurn } from './turns.ts';

/** When it is tried again what was tried in vain: later each time. */
interface Pause {
  readonly release: string;
  readonly forMs: number;
  /** By the monotonic clock. */
  readonly until: number;
}

const firstPauseMs = 40_000;
const longestPauseMs = 600_000;

/** What the scheduler does for applications: after the machine was started anew, they come back, and so does what lost its supervisor. */
export function createDeploymentDuties(platform: Platform, openRuntime: OpenRuntime): Duty[] {
  const pauses = new Map<string, Pause>();
  return [
    { name: 'keep-applications', everySeconds: 20, run: (signal) => keepApplications(platform, openRuntime, pauses, signal) },
    createRouterDuty(platform),
  ];
}

/** Instances are restarted by their supervisors; here is seen to it that these are there and nothing else, that users are led to them, and a router as the settings want it. */
async function keepApplications(
  { config, database }: Platform,
  openRuntime: OpenRuntime,
  pauses: Map<string, Pause>,
  signal: AbortSignal,
): Promise<void> {
  // Nothing was ever deployed from here.
  if (!existsSync(dirname(routerOrderOf(config).tablePath))) return;
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  const errors: unknown[] = [];
  let count = 0;
  // One that fails holds up no other.
  for (const { tenant_id: tenantId } of tenants) {
    for (const application of await database.asTenant(tenantId, listServing)) {
      if (signal.aborted) return;
      const { target, router } = await openRuntime(application.target);
      const routes = await router.listRoutes();
      count++;
      try {
        const present = await target.list(application.label);
        const instances = present.filter(({ release }) => release === application.current_release_id);
        const isRouted = hostsOf(application, config).every((host) => leadsToAll(routes, host, { application, instances }));
        const isAsWanted = isRouted && present.length <= countAll(application) && (await isComplete(target, application, instances));
        if (isAsWanted) pauses.delete(application.id);
        else if (isDue(pauses, application)) await database.asTenant(tenantId, (tx) => bringBack(tx, application));
      } catch (error) {
        errors.push(error);
      }
    }
  }
  // Of applications that are gone, or were stopped.
  for (const [id, { until }] of pauses) if (until + longestPauseMs < performance.now()) pauses.delete(id);
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of ${count} applications could not be seen to.`);
}

/** Unless somebody else has begun something with it. */
async function bringBack(tx: Tx, application: ApplicationView): Promise<void> {
  const locked = await lockApplication(tx, { id: application.id });
  const isSame = locked?.current_release_id === application.current_release_id && locked?.active_task_id === null && !locked.is_stopped;
  if (!isSame) return;
  const subject = application.current_deployment_id ?? application.id;
  await takeTurn(tx, locked, { kind: applyKind, input: { applicationId: application.id }, subject });
}

/** Notes that it is tried now, if it is. */
function isDue(pauses: Map<string, Pause>, { id, current_release_id: release }: ApplicationView): boolean {
  const before = pauses.get(id);
  const now = performance.now();
  const pause = before?.release === release ? before : undefined;
  if (pause !== undefined && now < pause.until) return false;
  const forMs = pause === undefined ? firstPauseMs : Math.min(pause.forMs * 2, longestPauseMs);
  pauses.set(id, { release: release!, forMs, until: now + forMs });
  return true;
}

/** So many of each process of what users have as there should be, each with somebody who would start it again. */
async function isComplete(target: Target, application: ApplicationView, instances: readonly Instance[]): Promise<boolean> {
  const states = await Promise.all(instances.map((instance) => target.inspect(instance, { seesPorts: false })));
  const watched = instances.filter((_, index) => states[index] !== undefined && !states[index].isOrphaned);
  const counts = Object.entries(countProcesses(application));
  return counts.every(([name, wanted]) => watched.filter(({ process = 'web' }) => process === name).length >= wanted);
}

/** How many there should be. What is more could not be ended when something else took over from it, and would do every job a second time. */
function countAll(application: ApplicationView): number {
  return Object.values(countProcesses(application)).reduce((sum, count) => sum + count, 0);
}

interface Running {
  readonly application: ApplicationView;
  /** Of the release that users should have. */
  readonly instances: readonly Instance[];
}

/** To as many as there should be, all of which are there. */
function leadsToAll(routes: readonly Route[], host: string, { application, instances }: Running): boolean {
  const route = routes.find((each) => each.host === host);
  if (route?.application !== application.label || route.release !== application.current_release_id) return false;
  const reached = new Set(instances.filter(({ process }) => process === undefined).map(({ address }) => `${address.host}:${address.port}`));
  const isThere = route.upstreams.every((upstream) => reached.has(`${upstream.host}:${upstream.port}`));
  return isThere && route.upstreams.length >= countProcesses(application)['web']!;
}
