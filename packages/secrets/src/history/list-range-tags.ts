import { parseTag, readObjects, type Ref, type Repository } from '@deployguard/git';

/**
 * The annotated tags at the ends of a range, and those that they lead to: a walk over commits passes them by, and a push of a tag brings
 * its message.
 */
export async function listRangeTags({ git, refs }: Repository, revisions: readonly string[]): Promise<Ref[]> {
  const tags: Ref[] = [];
  let pending = revisions.flatMap(listEnds);
  while (pending.length > 0) {
    const output = await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
      stdin: Buffer.from(pending.map((name) => `${name}\n`).join(''), 'latin1'),
    });
    const found = [...output.toString('latin1').matchAll(/^(\S+) tag$/gm)].map(([, oid]) => oid!);
    const fresh = [...new Set(found)].filter((oid) => !tags.some(({ target }) => target === oid));
    for (const oid of fresh) tags.push({ name: refs.find(({ target }) => target === oid)?.name ?? oid, target: oid });
    pending = [];
    for await (const batch of readObjects(git, fresh)) {
      for (const { content } of batch) {
        const target = content && parseTag(content).object;
        if (target) pending.push(target.oid);
      }
    }
  }
  return tags;
}

/** What a revision adds: of `a..b` it is b, of `a...b` both, of `^a` nothing. */
function listEnds(revision: string): string[] {
  if (revision.startsWith('^')) return [];
  if (revision.includes('...')) return revision.split('...').map((name) => name || 'HEAD');
  return [revision.includes('..') ? revision.slice(revision.indexOf('..') + 2) || 'HEAD' : revision];
}
