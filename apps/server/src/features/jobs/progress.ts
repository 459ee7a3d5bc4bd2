import type { ChildContext } from '../../platform/tasks/index.ts';

/** Reports a part of the work as a range of the whole; what says nothing new is left out. */
export function createProgress(context: Pick<ChildContext, 'progress'>) {
  let last = '';
  return (
    range: readonly [from: number, to: number],
    step: string,
    { done, total }: { readonly done: number; readonly total: number },
  ): void => {
    const [from, to] = range;
    const percent = Math.floor(from + (total === 0 ? 0 : Math.min(1, done / total) * (to - from)));
    const news = `${percent} ${step}`;
    if (news === last) return;
    last = news;
    void context.progress(percent, step);
  };
}
