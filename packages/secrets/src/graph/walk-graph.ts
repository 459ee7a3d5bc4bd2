import { objectKinds } from './object-graph.ts';
import type { ObjectGraph } from './object-graph.ts';

export interface GraphWalk {
  /** What the roots lead to, each after all that it leads to. */
  readonly order: Int32Array;
  /** By object: 1 when the roots lead to it. */
  readonly isReachable: Uint8Array;
  /** By object: 1 when it holds a value or leads to one that does: it gets another id. */
  readonly isAffected: Uint8Array;
  /** By affected tree: 1 when no tree below it is affected, else one more than the largest below. */
  readonly heights: Int32Array;
}

/** Follows all links from the roots. `onMissing`: a link leads to an object that is not there. */
export function walkGraph(graph: ObjectGraph, roots: readonly number[], onMissing: (object: number) => void): GraphWalk {
  const isReachable = new Uint8Array(graph.size);
  const isAffected = new Uint8Array(graph.size);
  const heights = new Int32Array(graph.size);
  const order = new Int32Array(graph.size);
  let orderCount = 0;
  let stack = new Int32Array(1024);
  let positions = new Int32Array(1024);
  let depth = 0;

  for (const root of roots) {
    if (isReachable[root] === 1) continue;
    enter(root);
    while (depth > 0) {
      const object = stack[depth - 1]!;
      const position = positions[depth - 1]!;
      if (position === graph.linkCount(object)) {
        leave(object);
        depth--;
        continue;
      }
      positions[depth - 1] = position + 1;
      const next = graph.link(object, position);
      if (isReachable[next] === 0) enter(next);
    }
  }
  return { order: order.subarray(0, orderCount), isReachable, isAffected, heights };

  function enter(object: number): void {
    if (graph.kind(object) === objectKinds.unknown) onMissing(object);
    isReachable[object] = 1;
    if (depth === stack.length) {
      stack = grow(stack);
      positions = grow(positions);
    }
    stack[depth] = object;
    positions[depth++] = 0;
  }

  function leave(object: number): void {
    order[orderCount++] = object;
    let affected = graph.isMarked(object);
    let height = 0;
    for (let position = 0; position < graph.linkCount(object); position++) {
      const next = graph.link(object, position);
      if (isAffected[next] === 0) continue;
      affected = true;
      if (graph.kind(next) === objectKinds.tree && heights[next]! > height) height = heights[next]!;
    }
    if (!affected) return;
    isAffected[object] = 1;
    heights[object] = height + 1;
  }
}

function grow(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
