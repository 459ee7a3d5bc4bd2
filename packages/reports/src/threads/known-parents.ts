import type { JsonObject } from '../reading/json-entry.ts';
import type { JsonList } from '../reading/json-parcel.ts';

/** Stands for a parent that is that of the list before, at the same depth. */
const sameAsBefore = 'same';

/** What leads to entries goes to another thread once, and not with each parcel: it may be larger than they are. Both ends have one. */
export class KnownParents {
  #last: readonly JsonObject[] = [];

  /** To be sent, in the order of the lists. */
  shorten(lists: readonly JsonList[]): JsonList[] {
    return lists.map((list) => {
      const before = this.#last;
      this.#last = list.parents;
      return { ...list, parents: list.parents.map((parent, depth) => (parent === before[depth] ? sameAsBefore : parent) as JsonObject) };
    });
  }

  /** What was sent, as it was. */
  restore(lists: readonly JsonList[]): JsonList[] {
    return lists.map((list) => {
      const before = this.#last;
      this.#last = list.parents.map((parent, depth) => ((parent as unknown) === sameAsBefore ? before[depth]! : parent));
      return { ...list, parents: this.#last };
    });
  }
}
