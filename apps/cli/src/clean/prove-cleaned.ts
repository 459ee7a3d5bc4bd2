import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Proof, proveRepository, type RewriteResult } from '@deployguard/secrets';
import type { CleanJob } from './run-clean.ts';

/** Reads the whole result, and writes the maps from old to new ids beside where it will stand. */
export async function proveCleaned(
  { flags, context, progress, source, output, gitDir, selection }: CleanJob,
  rewrite: RewriteResult,
): Promise<Proof> {
  const { maps } = output.layout;
  // Nothing that only happens to be called so.
  if (flags.force && existsSync(join(maps, 'commit-map'))) await rm(maps, { recursive: true });
  return await proveRepository(gitDir, {
    name: source.name,
    tool: { name: 'deployguard', version: context.version },
    now: new Date(),
    values: selection.values,
    workDirectory: source.workDirectory,
    isInPlace: flags.inPlace ?? false,
    facts: { source: source.repository, rewrite },
    mapsDirectory: maps,
    onProgress: ({ done, total, bytes }) => progress.update({ label: 'Proving', done, total, bytes }),
    signal: context.signal,
  });
}
