import type { PackWriter } from '@deployguard/git';
import type { PackPlan } from './pack-plan.ts';
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

/** Brings everything that stays into the new pack: as it is stored where that is possible, else unpacked and packed again. */
export async function copyKeptObjects(options: RewriteObjectsOptions & { writer: PackWriter }, isCopied: Uint8Array): Promise<void> {
  const { plan, dependents, writer } = options;
  await addUnchanged([...dependents.values()].flat(), options);
  for (const [pack, source] of plan.packs.entries()) await writer.copyEntries(source, plan.listKept(pack, isCopied));
  const loose: number[] = [];
  for (let object = 0; object < isCopied.length; object++) if (isCopied[object] === 1 && plan.entryOf[object] === -1) loose.push(object);
  await addUnchanged(loose, options);
}
