import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RewriteResult } from '../rewrite/rewrite-result.ts';
import type { MapFile } from './proof.ts';

/**
 * Writes what became what, for people and hosts: `commit-map` and `object-map` (`<old id> <new id>`, changed objects only, the format that
 * GitLab's repository cleanup takes), `ref-map` (`<old id> <new id> <new name>`, all refs; zeros for one that is gone) and
 * `first-changed-commits` (`<old id> <ref>`). Ids only, and names that hold no value.
 */
export async function writeRewriteMaps(directory: string, rewrite: RewriteResult, showName: (name: string) => string): Promise<MapFile[]> {
  await mkdir(directory, { recursive: true });
  const gone = '0'.repeat(rewrite.objectFormat === 'sha1' ? 40 : 64);
  return [
    await writeLines(directory, 'commit-map', listChanges(rewrite, true)),
    await writeLines(directory, 'object-map', listChanges(rewrite, false)),
    await writeLines(
      directory,
      'ref-map',
      rewrite.refs.map((ref) => `${ref.oldTarget} ${ref.newTarget ?? gone} ${showName(ref.newName ?? ref.oldName)}`),
    ),
    await writeLines(
      directory,
      'first-changed-commits',
      rewrite.firstChangedCommits.map(({ ref, commit }) => `${commit} ${showName(ref)}`),
    ),
  ];
}

function* listChanges(rewrite: RewriteResult, onlyCommits: boolean): Generator<string> {
  for (const { type, oldOid, newOid } of rewrite.objects.entries()) {
    if (!onlyCommits || type === 'commit') yield `${oldOid} ${newOid}`;
  }
}

const linesPerWrite = 4096;

async function writeLines(directory: string, name: string, lines: Iterable<string>): Promise<MapFile> {
  await using file = await open(join(directory, name), 'w', 0o600);
  const digest = createHash('sha256');
  let count = 0;
  let pending: string[] = [];
  const flush = async (): Promise<void> => {
    const text = pending.map((line) => `${line}\n`).join('');
    digest.update(text);
    await file.writeFile(text);
    pending = [];
  };
  for (const line of lines) {
    count++;
    if (pending.push(line) === linesPerWrite) await flush();
  }
  await flush();
  await file.sync();
  return { name, lines: count, sha256: digest.digest('hex') };
}
