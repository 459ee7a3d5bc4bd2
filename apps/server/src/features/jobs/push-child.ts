import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { displayName, pushRepository } from '@deployguard/git';
import type { PushResult, PushedRef, TransferProgress } from '@deployguard/git';
import { provePushed } from '@deployguard/secrets';
import { createProgress, toTransfer } from '../../platform/children/index.ts';
import type { PhaseRange, Remote } from '../../platform/children/index.ts';
import type { ChildContext } from '../../platform/tasks/index.ts';
import type { PushPlan } from './clean-child.ts';
import type { KeptValue } from './scan-child.ts';

export interface PushOrder {
  /** Where `repository.bundle`, `push-plan.json` and `values.json` are. */
  readonly workDirectory: string;
  readonly remote: Remote;
  readonly isForced: boolean;
  readonly name: string;
  readonly version: string;
}

export interface PushOutcome {
  /** How many refs the target has now as they were cleaned. */
  readonly refs: number;
  /** Why the push does not count. */
  readonly problem?: { readonly code: 'PUSH_INCOMPLETE' | 'NOT_PROVEN'; readonly message: string };
}

const pushPhases: Readonly<Record<TransferProgress['phase'], PhaseRange>> = {
  counting: [5, 8],
  compressing: [8, 15],
  writing: [15, 45],
  receiving: [45, 50],
  resolving: [45, 50],
};

/** Runs in a process of its own: pushes, then clones afresh and proves what others get now. */
export async function handle(order: PushOrder, context: ChildContext): Promise<PushOutcome> {
  const { workDirectory, remote, isForced } = order;
  const report = createProgress(context);
  const load = async <T>(name: string): Promise<T> => JSON.parse(await readFile(join(workDirectory, name), 'utf8')) as T;
  const plan = await load<PushPlan>('push-plan.json');
  const transfer = await toTransfer(remote, workDirectory, context);
  await context.log(`Pushing to ${remote.url}`);
  await context.progress(1, 'Unpacking the cleaned repository');
  const pushed = await pushRepository(join(workDirectory, 'repository.bundle'), remote.url, {
    ...transfer,
    workDirectory,
    expectedTargets: new Map(plan.expectedTargets),
    force: isForced,
    deleteRefs: isForced ? plan.renamed : [],
    onProgress: (progress) => report(pushPhases[progress.phase], `Pushing: ${progress.phase}`, progress),
    signal: context.signal,
  });
  for (const message of pushed.messages) await context.log(`remote: ${message}`);
  const refused = pushed.refs.filter(({ status }) => status === 'moved' || status === 'rejected');
  const done = listPushed(pushed);
  for (const { name, reason } of refused) await context.log(`Not pushed: ${displayName(name)}: ${reason ?? 'refused'}`);
  if (refused.length > 0 || done.length === 0) return { refs: done.length, problem: explain(refused, isForced) };

  const { proof } = await provePushed(remote.url, {
    name: order.name,
    tool: { name: 'deployguard', version: order.version },
    now: new Date(),
    values: await load<KeptValue[]>('values.json'),
    workDirectory,
    clone: transfer,
    pushedRefs: done,
    // Refs that only the target has are its owner's.
    isOldCommit: () => false,
    onProgress: (progress) => report([50, 95], 'Proving what was pushed', progress),
    signal: context.signal,
  });
  if (proof.verdict === 'proven') return { refs: done.length };
  const message = 'The target does not hand out what was pushed to it, or not free of the secrets. Look at it before anybody uses it.';
  return { refs: done.length, problem: { code: 'NOT_PROVEN', message } };
}

function listPushed({ refs }: PushResult): { name: string; target: string }[] {
  return refs.flatMap(({ name, target, status }) =>
    target !== undefined && (status === 'created' || status === 'updated' || status === 'unchanged') ? [{ name, target }] : [],
  );
}

function explain(refused: readonly PushedRef[], isForced: boolean): NonNullable<PushOutcome['problem']> {
  if (refused.length === 0) return { code: 'PUSH_INCOMPLETE', message: 'There was nothing to push.' };
  const reason = refused[0]!.reason ?? 'the target refused it';
  const advice = isForced ? '' : ' To overwrite what was scanned, push with force_push.';
  const { length } = refused;
  return { code: 'PUSH_INCOMPLETE', message: `${length} ${length === 1 ? 'ref was' : 'refs were'} not pushed: ${reason}.${advice}` };
}
