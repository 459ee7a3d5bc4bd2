import { attributeMatches, type Sighting } from './attribute-matches.ts';
import { attributeTags } from './attribute-tags.ts';
import { carriersOfMessages } from './carriers-of-messages.ts';
import { listRangeTags } from './list-range-tags.ts';
import { listHeadFiles, markHeadFiles } from './mark-head-files.ts';
import { startLog, type LogRange } from './read-log.ts';
import { NameScanner, scanObjects } from './scan-objects.ts';
import { ScanError } from './scan-error.ts';
import type { ScanContext } from './scan-repository.ts';

const everything = { has: () => true };

/**
 * Scans what a part of the history adds: its commits, the files that they add or change, and the tags at its ends.
 *
 * @throws {ScanError} `SCAN_RANGE_INVALID` when git does not know the revisions.
 */
export async function scanRange(context: ScanContext, range: LogRange): Promise<void> {
  const { repository, table, gatherer, options, report } = context;
  const names = new NameScanner(context);
  const oids = new Set<string>();
  const additions = startLog(repository, range, options.signal);
  try {
    for await (const { commit, change } of additions.entries({ commits: everything, blobs: everything, names: new Set() })) {
      if (!change) {
        oids.add(commit);
      } else if (!/^0+$/.test(change.blob)) {
        if (change.blob !== '') oids.add(change.blob);
        for (const name of change.path.split('/')) names.scan(Buffer.from(name, 'latin1'));
      }
    }
  } catch (error) {
    if (!(error instanceof ScanError) || error.code === 'LIMIT_EXCEEDED') throw error;
    throw new ScanError(
      'SCAN_RANGE_INVALID',
      `There is no such range: ${[...range.revisions, range.since ?? ''].join(' ').trim()}. ${error.message}`,
    );
  } finally {
    await additions.stop();
  }
  const tags = await listRangeTags(repository, range.revisions);
  for (const { target } of tags) oids.add(target);
  await scanObjects(context, { oids, onBatch: () => report('reading', oids.size) });
  report('attributing', oids.size);

  const carrierOf = await carriersOfMessages(repository.git, table);
  const onSighting = (sighting: Sighting): void => gatherer.add(carrierOf(sighting));
  const found = new Set(table.objects.keys());
  const log = startLog(repository, range, options.signal);
  try {
    const wanted = { commits: found, blobs: found, names: new Set(table.names.keys()) };
    const { unattributed } = await attributeMatches(table, log.entries(wanted), onSighting);
    if (unattributed.size > 0) await attributeTags(table, repository, tags, unattributed, onSighting);
  } finally {
    await log.stop();
  }
  markHeadFiles(await listHeadFiles(repository), gatherer);
}
