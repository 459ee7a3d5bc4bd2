import type { ObjectGraph } from '../graph/object-graph.ts';
import { objectKinds } from '../graph/object-graph.ts';

/**
 * Parents before their children, and otherwise older commits first, so that a commit which quotes another's id comes after it also when
 * it is not its descendant (a cherry-pick).
 */
export function orderCommits(graph: ObjectGraph, commits: Int32Array): Int32Array {
  const isWanted = new Uint8Array(graph.size);
  for (const commit of commits) isWanted[commit] = 1;
  const ordered = new Int32Array(commits.length);
  let count = 0;
  const stack: { readonly commit: number; position: number }[] = [];
  for (const oldest of commits.toSorted((a, b) => graph.time(a) - graph.time(b))) {
    if (isWanted[oldest] === 0) continue;
    enter(oldest);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (top.position === graph.linkCount(top.commit)) {
        ordered[count++] = top.commit;
        stack.pop();
        continue;
      }
      const parent = graph.link(top.commit, top.position++);
      if (graph.kind(parent) === objectKinds.commit && isWanted[parent] === 1) enter(parent);
    }
  }
  return ordered;

  function enter(commit: number): void {
    isWanted[commit] = 0;
    stack.push({ commit, position: 0 });
  }
}
