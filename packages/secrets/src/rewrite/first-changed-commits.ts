import type { ObjectGraph } from '../graph/object-graph.ts';
import { objectKinds } from '../graph/object-graph.ts';

/**
 * For every object, which changed commits its history begins to differ with: changed commits without a changed parent.
 * `commits`: the changed ones, parents first.
 */
export function findFirstChanged(graph: ObjectGraph, commits: Iterable<number>): (object: number) => readonly number[] {
  // Most commits share their parent's list: one list serves a whole branch.
  const firsts = new Map<number, readonly number[]>();
  for (const commit of commits) {
    const lists = new Set<readonly number[]>();
    for (let position = 0; position < graph.linkCount(commit); position++) {
      const list = firsts.get(graph.link(commit, position));
      if (list) lists.add(list);
    }
    const [only, ...others] = lists;
    firsts.set(commit, only === undefined ? [commit] : others.length === 0 ? only : [...new Set([...lists].flat())]);
  }
  return (object) => {
    let target = object;
    while (graph.kind(target) === objectKinds.tag && graph.linkCount(target) > 0) target = graph.link(target, 0);
    return firsts.get(target) ?? [];
  };
}
