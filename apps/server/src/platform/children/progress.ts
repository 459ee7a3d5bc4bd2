import type { ChildContext } from '../tasks/index.ts';

/** The part of the whole that a phase is, in percent. */
export type PhaseRange = readonly [from: number, to: number];

/** Reports a part of the work as a range of the whole. What says nothing new is left out, and nobody sees the work go backward. */
export function createProgress(context: Pick<ChildContext, 'progress'>) {
  let last = '';
  let reached = 0;
  return (range: PhaseRange, step: string, { done, total }: { readonly done: number; readonly total: number }): void => {
    const [from, to] = range;
    reached = Math.max(reached, Math.floor(from + (total === 0 ? 0 : Math.min(1, done / total) * (to - from))));
    const news = `${reached} ${step}`;
    if (news === last) return;
    last = news;
    void context.progress(reached, step);
  };
}
