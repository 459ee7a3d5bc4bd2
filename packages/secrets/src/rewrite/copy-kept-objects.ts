import type { PackWriter } from '@deployguard/git';
import type { PackPlan } from './pack-plan.ts';
import type { RewritePlan } from './plan-rewrite.ts';
import { addUnchanged } from './rewrite-objects.ts';
import type { RewriteObjectsOptions } from './rewrite-objects.ts';

/**
 * What stays but is stored as a delta of something that goes or is written anew, by that something: it cannot be copied as it is.
 * `isCopied`: by object, 1 for what stays untouched.
 */
export function listDependents(plan: PackPlan, isCopied: Uint8Array): Map<number, number[]> {
  const dependents = new Map<number, number[]>();
  for (const [entry, object] of plan.objectOf.entries()) {
    if (isCopied[object] !== 1 || plan.entryOf[object] !== entry) continue;
    const base = plan.baseOf(object);
    if (base === -1 || isCopied[base] === 1) continue;
    const list = dependents.get(base);
    if (list) list.push(object);
    else dependents.set(base, [object]);
  }
  return dependents;
}

/** Fewer are no work worth a thread and a pack of their own. */
const objectsWorthAPack = 20_000;

/**
 * By object: 1 for what stays and can be copied whatever is written anew, since its whole chain of bases stays; all 0 when that is little, or
 * everything.
 */
export function listIndependent(plan: PackPlan, { isCopied, isReachable }: Pick<RewritePlan, 'isCopied' | 'isReachable'>): Uint8Array {
  const unknown = 2;
  const states = new Uint8Array(isCopied.length).fill(unknown);
  const chain: number[] = [];
  let count = 0;
  for (const object of plan.objectOf) {
    let at = object;
    for (; at !== -1 && states[at] === unknown && isCopied[at] === 1; at = plan.baseOf(at)) chain.push(at);
    const isFree = at === -1 || (isCopied[at] === 1 && states[at] === 1);
    for (const link of chain) states[link] = isFree ? 1 : 0;
    if (isFree) count += chain.length;
    chain.length = 0;
  }
  const isAll = count === isReachable.reduce((sum, flag) => sum + flag, 0);
  return count < objectsWorthAPack || isAll ? new Uint8Array(isCopied.length) : states.map((state) => (state === 1 ? 1 : 0));
}

/** Copies what stays and is stored so that it can be. `isWanted`: by object. */
export async function copyEntries(plan: PackPlan, isWanted: Uint8Array, writer: PackWriter): Promise<void> {
  for (const [pack, source] of plan.packs.entries()) await writer.copyEntries(source, plan.listKept(pack, isWanted));
}

/** Brings what stays into the new pack: as it is stored where that is possible, else unpacked and packed again. `isWanted`: by object. */
export async function copyKeptObjects(options: RewriteObjectsOptions & { writer: PackWriter }, isWanted: Uint8Array): Promise<void> {
  const { plan, dependents, writer } = options;
  await addUnchanged([...dependents.values()].flat(), options);
  await copyEntries(plan, isWanted, writer);
  const loose: number[] = [];
  for (let object = 0; object < isWanted.length; object++) if (isWanted[object] === 1 && plan.entryOf[object] === -1) loose.push(object);
  await addUnchanged(loose, options);
}
