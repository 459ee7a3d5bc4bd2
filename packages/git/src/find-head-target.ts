import type { Repository } from './repository.ts';

/** The object that HEAD leads to; undefined where there is none. An id, which any argument of git can hold: the name of its branch may be no text. */
export function findHeadTarget({ refs, head }: Pick<Repository, 'refs' | 'head'>): string | undefined {
  return refs.find(({ name }) => name === head)?.target ?? head;
}
