import type { ObjectType } from '@deployguard/git';
import { describeDetector, toMatcher } from './packs/detector-matcher.ts';
import { HistoryLinksBuilder } from './history-links.ts';
import { scanPacks, type PackScan, type ScanPacksOptions } from './packs/scan-packs.ts';
import { scanObjects, settle } from './scan-objects.ts';
import type { ScanContext } from './scan-repository.ts';

export interface StoreScan extends PackScan {
  /** With the packs' objects numbered. Only `withBuilder`. */
  readonly builder?: HistoryLinksBuilder;
}

/**
 * Scans every object of the store once: packs directly, whatever cannot be read so through git. Gives what was found out about the packs,
 * and those who walked them, whom the caller closes.
 */
export async function scanStore(
  context: ScanContext,
  total: number,
  { withBuilder }: { readonly withBuilder: boolean },
): Promise<StoreScan | undefined> {
  if (context.options.engine === 'whole') {
    await scanObjects(context, { onBatch: () => context.report('reading', total) });
    return undefined;
  }

  let builder: HistoryLinksBuilder | undefined;
  const scan = await scanPacksOf(context, (packs) => {
    if (withBuilder) builder = new HistoryLinksBuilder(context.repository.objectFormat, packs);
  });
  for (const [type, { objects, bytes }] of Object.entries(scan.scanned)) context.coverage.scanned(type as ObjectType, objects, bytes);
  const readable = scan.left.filter(({ reason }) => reason !== 'limit');
  // What a few bytes of delta claim can be petabytes: git would print them all.
  for (const { reason, oids } of scan.left)
    if (reason === 'limit') context.coverage.skipped('object', 'beyond the limit on inflated bytes', oids.length);
  try {
    const oids = [...readable.flatMap(({ oids }) => oids), ...(scan.unlistedPacks.length > 0 ? await listUnscanned(context, scan) : [])];
    if (oids.length > 0) await scanObjects(context, { oids: new Set(oids), onBatch: () => context.report('reading', total) });
  } catch (error) {
    await scan.walkers?.close();
    throw error;
  }
  return { ...scan, ...(builder && { builder }) };
}

async function scanPacksOf(
  { repository, detector, table, coverage, options }: ScanContext,
  onPacks: NonNullable<ScanPacksOptions['onPacks']>,
): Promise<PackScan> {
  const keepDropped = options.explain ?? false;
  return await scanPacks({
    objectDirectories: repository.objectDirectories,
    objectFormat: repository.objectFormat,
    matcher: describeDetector({ ...options.configuration?.detector, encodedAnchors: detector.encodedAnchors }),
    ownMatcher: toMatcher(detector),
    keepDropped,
    keepWalkers: true,
    onPacks,
    onObject: ({ oid, type, matches }) => table.addObject(oid, type, settle(matches, detector, keepDropped)),
    onName: ({ name, matches }) => table.addName(name, settle(matches, detector, keepDropped)),
    onUnread: (_oid, { what, reason }) => coverage.skipped(what, reason),
    onProgress: ({ objects, total, bytes }) => options.onProgress?.({ phase: 'reading', done: objects, total, bytes }),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

async function listUnscanned({ repository }: ScanContext, scan: PackScan): Promise<string[]> {
  const output = await repository.git.run(['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'], {
    maxOutputBytes: 2 ** 32,
  });
  return output
    .toString('latin1')
    .split('\n')
    .filter((oid) => oid !== '' && !scan.isScanned(oid));
}
