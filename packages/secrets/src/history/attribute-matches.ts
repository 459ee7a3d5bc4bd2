import type { MatchTable, ObjectMatch } from './match-table.ts';
import type { LogEntry } from './read-log.ts';
import type { Carrier } from '../secret-finding.ts';

/** Where one match was seen: an object in a commit, at a path. Newest first. */
export interface Sighting {
  readonly match: ObjectMatch;
  readonly carrier: Carrier;
  /** The object that holds the match; the commit or tag itself for messages. Absent for names. */
  readonly object?: string;
  readonly commit?: string;
  /** Latin-1. */
  readonly path?: string;
  readonly ref?: string;
}

/** Finds commits and paths of every match in one pass over the log. Calls `onSighting` newest first. `unattributed`: objects no commit of a ref holds. */
export async function attributeMatches(
  table: MatchTable,
  entries: Iterable<LogEntry> | AsyncIterable<LogEntry>,
  onSighting: (sighting: Sighting) => void,
): Promise<{ unattributed: Set<string>; roots: string[] }> {
  const unattributed = new Set(table.objects.keys());
  const roots: string[] = [];
  for await (const { commit, ref, change, isRoot } of entries) {
    if (!change) {
      if (isRoot) roots.push(commit);
      unattributed.delete(commit);
      // What part of the commit holds it is decided when the commit is read.
      for (const match of table.objects.get(commit)?.matches ?? [])
        onSighting({ match, carrier: 'commit-message', object: commit, commit, ref });
      continue;
    }
    const { blob, path } = change;
    const carrier = ref.startsWith('refs/notes/') ? 'note' : 'file';
    const found = table.objects.get(blob);
    if (found) {
      unattributed.delete(blob);
      for (const match of found.matches) onSighting({ match, carrier, object: blob, commit, path, ref });
    }
    if (table.names.size > 0) {
      for (const name of new Set(path.split('/'))) {
        for (const match of table.names.get(name) ?? []) onSighting({ match, carrier: 'path', commit, path, ref });
      }
    }
  }
  return { unattributed, roots };
}
