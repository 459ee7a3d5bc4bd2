import { isRefName } from '@deployguard/git';
import type { Ref, Repository } from '@deployguard/git';
import type { ObjectMap } from './object-map.ts';
import type { Redactor } from './redact.ts';
import type { NameCollision, RefChange } from './rewrite-result.ts';

export interface RefsRewrite {
  /** The refs of the result. */
  readonly refs: readonly Ref[];
  readonly changes: readonly RefChange[];
  /** A ref's name or an id. */
  readonly head: string | undefined;
  readonly collisions: readonly NameCollision[];
}

const replacePrefix = 'refs/replace/';

/** Gives every ref its new target, and a new name where the name holds a value or, below `refs/replace/`, the id of a rewritten object. */
export function rewriteRefs(source: Repository, objects: ObjectMap, redactor: Redactor): RefsRewrite {
  const names = new RefNames();
  const wanted = source.refs.map(({ name }) => [name, renameRef(name)] as const);
  for (const [name, newName] of wanted) if (newName === name) names.keep(name);
  const newNames = new Map(wanted.map(([name, newName]) => [name, newName === name ? name : names.take(newName)]));
  const refs = source.refs.map((ref): Ref => {
    const target = objects.get(ref.target) ?? ref.target;
    const name = newNames.get(ref.name)!;
    return ref.symbolicTarget === undefined ? { name, target } : { name, target, symbolicTarget: renamed(ref.symbolicTarget) };
  });
  const changes = source.refs.map((ref, index): RefChange => ({
    oldName: ref.name,
    newName: refs[index]!.name,
    oldTarget: ref.target,
    newTarget: refs[index]!.target,
  }));
  const head = source.head ?? source.unbornHead;
  const newHead = head?.startsWith('refs/') ? renamed(head) : head && (objects.get(head) ?? head);
  return { refs, changes, head: newHead, collisions: names.collisions };

  function renamed(name: string): string {
    return newNames.get(name) ?? renameRef(name);
  }

  function renameRef(name: string): string {
    const redacted = redactor.redact(Buffer.from(name, 'latin1'), 'ref-name')?.toString('latin1') ?? name;
    if (!redacted.startsWith(replacePrefix)) return redacted;
    return replacePrefix + (objects.get(redacted.slice(replacePrefix.length)) ?? redacted.slice(replacePrefix.length));
  }
}

/** Names that are in use, and the directories that they lie in: `a` and `a/b` exclude each other as files do. */
class RefNames {
  readonly collisions: NameCollision[] = [];
  readonly #names = new Set<string>();
  readonly #directories = new Set<string>();

  keep(name: string): void {
    this.#names.add(name);
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) this.#directories.add(name.slice(0, at));
  }

  take(wanted: string): string {
    const valid = isRefName(wanted) && wanted.startsWith('refs/') ? wanted : 'refs/heads/removed';
    let name = valid;
    for (let number = 2; this.#isTaken(name); number++) name = `${valid}-${number}`;
    if (name !== wanted) this.collisions.push({ kind: 'ref', newName: name });
    this.keep(name);
    return name;
  }

  #isTaken(name: string): boolean {
    if (this.#names.has(name) || this.#directories.has(name)) return true;
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) if (this.#names.has(name.slice(0, at))) return true;
    return false;
  }
}
