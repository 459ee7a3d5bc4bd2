import { findHeadTarget } from '@deployguard/git';
import type { Repository } from '@deployguard/git';
import type { FindingGatherer } from './gather-findings.ts';
import { listTreeFiles } from './list-tree-files.ts';

/** The files of the tip of the default branch: blob by path (Latin-1). */
export async function listHeadFiles(repository: Repository): Promise<ReadonlyMap<string, string>> {
  const head = findHeadTarget(repository);
  if (head === undefined) return new Map();
  return new Map((await listTreeFiles(repository, head)).map(({ blob, path }) => [path, blob]));
}

/** Marks the findings that the tip of the default branch still holds. */
export function markHeadFiles(headFiles: ReadonlyMap<string, string>, gatherer: FindingGatherer): void {
  for (const finding of gatherer.findings.values()) {
    if (finding.carrier !== 'file' && finding.carrier !== 'path') continue;
    const blob = headFiles.get(finding.last.path!);
    finding.isInHead = blob !== undefined && (finding.carrier === 'path' || finding.objects.has(blob));
  }
}
