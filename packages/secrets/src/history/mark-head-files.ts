import { findHeadTarget } from '@deployguard/git';
import type { Repository } from '@deployguard/git';
import { parseTreeListing } from './attribute-tags.ts';
import type { FindingGatherer } from './gather-findings.ts';

/** Marks the findings that the tip of the default branch still holds. */
export async function markHeadFiles(repository: Repository, gatherer: FindingGatherer): Promise<void> {
  const head = findHeadTarget(repository);
  if (head === undefined) return;
  const inFiles = [...gatherer.findings.values()].filter(({ carrier }) => carrier === 'file' || carrier === 'path');
  if (inFiles.length === 0) return;

  const listing = await repository.git.run(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', head]);
  const blobByPath = new Map(parseTreeListing(listing).map(({ blob, path }) => [path, blob]));
  for (const finding of inFiles) {
    const blob = blobByPath.get(finding.last.path!);
    finding.isInHead = blob !== undefined && (finding.carrier === 'path' || finding.objects.has(blob));
  }
}
