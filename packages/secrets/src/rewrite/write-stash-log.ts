import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCommit } from '@deployguard/git';
import type { ObjectReader } from '@deployguard/git';
import type { ObjectMap } from './object-map.ts';
import type { Redactor } from './redact.ts';

export interface StashLogOptions {
  /** Of the source. */
  readonly reader: ObjectReader;
  /** The repository to write to. */
  readonly gitDir: string;
  /** The source's ids of the stash's entries, oldest first. */
  readonly entries: readonly string[];
  readonly objects: ObjectMap;
  readonly redactor: Redactor;
}

/**
 * Writes the log in which git keeps all stash entries but the newest. Who, when and what come from the entries' own commits, where git puts
 * the same. Without entries there is no log.
 */
export async function writeStashLog({ reader, gitDir, entries, objects, redactor }: StashLogOptions): Promise<void> {
  if (entries.length === 0) return;
  let previous = '0'.repeat(entries[0]!.length);
  let log = '';
  for (const { oid, content } of await reader.read(entries)) {
    const newOid = objects.get(oid) ?? oid;
    log += `${previous} ${newOid} ${describeEntry(redactor.redact(content!, 'header') ?? content!)}\n`;
    previous = newOid;
  }
  const directory = join(gitDir, 'logs', 'refs');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'stash'), log, 'latin1');
}

function describeEntry(content: Buffer): string {
  const { committer, message } = parseCommit(content);
  const identity = committer ? content.toString('latin1', committer.start, committer.end) : 'nobody <> 0 +0000';
  return `${identity}\t${content.toString('latin1', message.start, message.end).split('\n', 1)[0]!}`;
}
