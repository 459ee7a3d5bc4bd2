import { attributeMatches, type Sighting } from './attribute-matches.ts';
import { attributeTags } from './attribute-tags.ts';
import { carriersOfMessages } from './carriers-of-messages.ts';
import { countPackedObjects } from './count-packed-objects.ts';
import { readHistoryLinks } from './history-links.ts';
import { markHeadFiles } from './mark-head-files.ts';
import type { PackScan } from './packs/scan-packs.ts';
import { startLog, type LogEntry, type WantedEntries } from './read-log.ts';
import { settle } from './scan-objects.ts';
import { scanStore } from './scan-store.ts';
import type { ScanContext } from './scan-repository.ts';
import { markWantedTrees, walkHistory } from './walk-history.ts';

/** Scans every object of the store, then finds where in the history the hits stand. Gives the root commits. */
export async function scanHistory(context: ScanContext): Promise<string[]> {
  const { repository, table, gatherer, report } = context;
  const total = countPackedObjects(repository.objectDirectories);
  const scan = await scanStore(context, total);
  report('attributing', total);
  scanRefNames(context);
  if (table.objects.size + table.names.size + gatherer.findings.size === 0) return [];

  const carrierOf = await carriersOfMessages(repository.git, table);
  const onSighting = (sighting: Sighting): void => gatherer.add(carrierOf(sighting));
  const { unattributed, roots } = await attributeMatches(table, listEntries(context, scan), onSighting);
  if (unattributed.size > 0) await attributeTags(table, repository.git, repository.refs, unattributed, onSighting);
  if (unattributed.size > 0) reportUnreachable(context, unattributed);
  await markHeadFiles(repository, gatherer);
  return roots;
}

/** The commits and files that hold something, newest first: from the links of packed commits and trees where they tell it, else from git. */
async function* listEntries(context: ScanContext, scan: PackScan | undefined): AsyncGenerator<LogEntry> {
  const { repository, table, options } = context;
  const oidsOf = (...types: string[]): string[] => [...table.objects].filter(([, { type }]) => types.includes(type)).map(([oid]) => oid);
  const wanted: WantedEntries = {
    commits: new Set(oidsOf('commit')),
    blobs: new Set(table.objects.keys()),
    names: new Set(table.names.keys()),
  };
  if (scan && canWalkLinks(context, scan)) {
    const links = await readHistoryLinks({ ...options, repository, packs: scan.packs, blobs: oidsOf('blob') });
    const places = links && markWantedTrees(links);
    if (places) return yield* walkHistory(links, places, repository, wanted);
  }
  const log = startLog(repository, { all: true, revisions: repository.hiddenRoots.map((root) => root.target) }, options.signal);
  try {
    yield* log.entries(wanted);
  } finally {
    await log.stop();
  }
}

/** What changes which commits git shows is git's business, and so is what stands in packs that cannot be read. Names count wherever they stand. */
function canWalkLinks({ repository, table }: ScanContext, { left, unlistedPacks }: PackScan): boolean {
  return (
    table.names.size === 0 &&
    unlistedPacks.length === 0 &&
    left.every(({ reason }) => reason === 'too-large' || reason === 'limit') &&
    !repository.obstacles.some(({ kind }) => kind === 'shallow' || kind === 'grafts' || kind === 'partial')
  );
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
