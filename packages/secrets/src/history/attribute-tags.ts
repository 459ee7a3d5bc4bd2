import { parseTag, readObjects, type Git, type Ref, type Repository } from '@deployguard/git';
import type { Sighting } from './attribute-matches.ts';
import { listTreeFiles } from './list-tree-files.ts';
import type { MatchTable } from './match-table.ts';

/**
 * Attributes what the log, which walks commits, does not show: messages of tags, and files that only a tag of a tree or blob keeps.
 * Takes what it attributes out of `unattributed`.
 */
export async function attributeTags(
  table: MatchTable,
  repository: Repository,
  refs: readonly Ref[],
  unattributed: Set<string>,
  onSighting: (sighting: Sighting) => void,
): Promise<void> {
  const { git } = repository;
  const report = (object: string, sighting: Omit<Sighting, 'match' | 'object'>): void => {
    if (!unattributed.has(object)) return;
    for (const match of table.objects.get(object)!.matches) onSighting({ match, object, ...sighting });
  };
  const attributed = new Set<string>();

  const refsByTarget = Map.groupBy(refs, (ref) => ref.target);
  let layer = new Map([...refsByTarget].map(([target, [ref]]) => [target, ref!.name]));
  // Tags may name tags: one round a level, so that fifty thousand refs cost two processes and not as many.
  while (layer.size > 0) {
    const next = new Map<string, string>();
    for (const [oid, type] of await readTypes(git, [...layer.keys()])) {
      const ref = layer.get(oid)!;
      if (type === 'blob') {
        report(oid, { carrier: 'file', path: ref, ref });
        attributed.add(oid);
      } else if (type === 'tree') {
        for (const { blob, path } of await listTreeFiles(repository, oid)) {
          report(blob, { carrier: 'file', path, ref });
          attributed.add(blob);
        }
      } else if (type === 'tag') {
        next.set(oid, ref);
      }
    }
    layer = new Map();
    for await (const tags of readObjects(git, next.keys())) {
      for (const { oid, content } of tags) {
        const ref = next.get(oid)!;
        report(oid, { carrier: 'tag-message', ref });
        attributed.add(oid);
        const target = content && parseTag(content).object;
        if (target) layer.set(target.oid, ref);
      }
    }
  }
  for (const oid of attributed) unattributed.delete(oid);
}

async function readTypes(git: Git, oids: readonly string[]): Promise<[string, string][]> {
  const output = await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    stdin: Buffer.from(oids.map((oid) => `${oid}\n`).join('')),
  });
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ') as [string, string]);
}
