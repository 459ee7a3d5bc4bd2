import { attributeMatches, type Sighting } from './attribute-matches.ts';
import { attributeTags } from './attribute-tags.ts';
import { carriersOfMessages } from './carriers-of-messages.ts';
import { countPackedObjects } from './count-packed-objects.ts';
import { markHeadFiles } from './mark-head-files.ts';
import { startLog } from './read-log.ts';
import { settle } from './scan-objects.ts';
import { scanStore } from './scan-store.ts';
import type { ScanContext } from './scan-repository.ts';

/** Scans every object of the store, then finds where in the history the hits stand. Gives the root commits. */
export async function scanHistory(context: ScanContext): Promise<string[]> {
  const { repository, table, gatherer, options, report } = context;
  const total = countPackedObjects(repository.objectDirectories);
  const log = startLog(repository, { all: true, revisions: repository.hiddenRoots.map((root) => root.target) }, options.signal);
  try {
    await scanStore(context, total);
    report('attributing', total);
    scanRefNames(context);
    if (table.objects.size + table.names.size + gatherer.findings.size === 0) return [];

    const carrierOf = await carriersOfMessages(repository.git, table);
    const onSighting = (sighting: Sighting): void => gatherer.add(carrierOf(sighting));
    const commits = new Set([...table.objects].filter(([, { type }]) => type === 'commit').map(([oid]) => oid));
    const wanted = { commits, blobs: new Set(table.objects.keys()), names: new Set(table.names.keys()) };
    const { unattributed, roots } = await attributeMatches(table, log.entries(wanted), onSighting);
    if (unattributed.size > 0) await attributeTags(table, repository.git, repository.refs, unattributed, onSighting);
    if (unattributed.size > 0) reportUnreachable(context, unattributed);
    await markHeadFiles(repository, gatherer);
    return roots;
  } finally {
    await log.stop();
  }
}

function scanRefNames({ repository, detector, table, gatherer, coverage, options }: ScanContext): void {
  for (const { name } of repository.refs) {
    const matches = detector.scan(Buffer.from(name, 'latin1'));
    for (const match of settle(matches, detector, options.explain ?? false)) {
      gatherer.add({ match: table.toObjectMatch(match), carrier: 'ref-name', ref: name });
    }
  }
  coverage.refs(repository.refs.length);
}

function reportUnreachable({ table, gatherer, coverage, options }: ScanContext, objects: ReadonlySet<string>): void {
  if (!options.includeUnreachable) {
    coverage.skipped('object with matches', 'no ref reaches it', objects.size);
    return;
  }
  for (const oid of objects) {
    const { type, matches } = table.objects.get(oid)!;
    const carrier = type === 'blob' ? 'file' : type === 'tag' ? 'tag-message' : 'commit-message';
    for (const match of matches) gatherer.add({ match, carrier, object: oid });
  }
}
