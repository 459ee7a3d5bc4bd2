import { ObjectIdTable } from '@deployguard/git';
import type { Repository } from '@deployguard/git';
import type { ProveOptions } from './prove-options.ts';

/**
 * What the rewriter's search of a source is worth to the proof of its result (`ProveOptions.alreadySearched`): objects that the result has
 * in common with the source were read then, held no value in any form that the rewriter knows, and were copied as they were. Only objects
 * that the rewrite made are left to read.
 *
 * Much faster and a little weaker than reading everything: it trusts the rewriter for the objects that it did not touch. The proof says so.
 */
export async function listSearchedInSource(source: Repository): Promise<NonNullable<ProveOptions['alreadySearched']>> {
  const idBytes = source.objectFormat === 'sha1' ? 20 : 32;
  const output = await source.git.run(['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'], {
    maxOutputBytes: 2 ** 31,
  });
  const ids = new ObjectIdTable(idBytes, Math.ceil(output.length / (idBytes * 2 + 1)));
  const id = Buffer.alloc(idBytes);
  for (let at = 0; at < output.length; at += idBytes * 2 + 1) {
    id.write(output.toString('latin1', at, at + idBytes * 2), 'hex');
    ids.add(id);
  }
  return {
    has: (oid) => ids.findHex(oid) !== -1,
    statement: 'objects that the source has too were searched there while it was rewritten, and copied as they were',
  };
}
