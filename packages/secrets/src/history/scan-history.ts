import type { ObjectType } from '@deployguard/git';
import { attributeMatches, type Sighting } from './attribute-matches.ts';
import { attributeTags } from './attribute-tags.ts';
import { carriersOfMessages } from './carriers-of-messages.ts';
import { countPackedObjects } from './count-packed-objects.ts';
import { countMissingThroughGit } from './count-missing-through-git.ts';
import { HistoryLinksBuilder, readHistoryLinks, type HistoryLinks } from './history-links.ts';
import { listHeadFiles, markHeadFiles } from './mark-head-files.ts';
import type { MatchTable } from './match-table.ts';
import type { PackScan } from './packs/scan-packs.ts';
import { startLog, type Log, type LogEntry } from './read-log.ts';
import { ScanError } from './scan-error.ts';
import { settle } from './scan-objects.ts';
import { scanStore, type StoreScan } from './scan-store.ts';
import type { ScanContext } from './scan-repository.ts';
import { countMissing, markWantedTrees, walkHistory } from './walk-history.ts';

/**
 * git walks a history of so few objects before they are scanned, on another processor; of a larger one it is faster to read what objects
 * lead to.
 */
const mostObjectsForGit = 20_000;

/** Scans every object of the store, then finds where in the history the hits stand. Gives the root commits. */
export async function scanHistory(context: ScanContext): Promise<string[]> {
  const total = countPackedObjects(context.repository.objectDirectories);
  const walker = context.options.walker ?? (total <= mostObjectsForGit ? 'git' : 'links');
  const walk = walker === 'git' ? startWalk(context) : undefined;
  let scan: StoreScan | undefined;
  try {
    scan = await scanStore(context, total, { withBuilder: walk === undefined });
    return await findPlaces(context, { scan, walk, total });
  } finally {
    await scan?.walkers?.close();
    await walk?.stop();
  }
}

async function findPlaces(
  context: ScanContext,
  { scan, walk, total }: { readonly scan: StoreScan | undefined; readonly walk: Walk | undefined; readonly total: number },
): Promise<string[]> {
  const { repository, table, gatherer, report } = context;
  // git lists them while the links are read.
  const headFiles = table.objects.size + table.names.size > 0 ? listHeadFiles(repository) : undefined;
  headFiles?.catch(() => undefined);
  scanRefNames(context);
  const isAnythingFound = table.objects.size + table.names.size + gatherer.findings.size > 0;
  const walked = walk && isAnythingFound ? await listWalked(context, walk) : undefined;
  const links = walked || (walk && !isAnythingFound) ? undefined : await readLinks(context, scan);
  await scan?.walkers?.close();
  report('attributing', total);
  const missing = links
    ? countMissing(links, repository)
    : await (walk?.missing ?? countMissingThroughGit(repository, context.options.signal));
  if (missing > 0) context.coverage.skipped('object', 'missing: the repository is damaged or not whole', missing);
  if (!isAnythingFound) return [];

  const carrierOf = await carriersOfMessages(repository.git, table);
  const onSighting = (sighting: Sighting): void => gatherer.add(carrierOf(sighting));
  const { unattributed, roots } = await attributeMatches(table, walked ?? listEntries(context, links), onSighting);
  if (unattributed.size > 0) await attributeTags(table, repository, repository.refs, unattributed, onSighting);
  if (unattributed.size > 0) reportUnreachable(context, unattributed);
  if (headFiles) markHeadFiles(await headFiles, gatherer);
  return roots;
}

/** What git does while the objects are scanned. */
interface Walk {
  readonly log: Log;
  readonly missing: Promise<number>;
  /** Ends what is not done yet: a scan that fails leaves no git behind. */
  stop(): Promise<void>;
}

function startWalk(context: ScanContext): Walk {
  const ending = new AbortController();
  const { signal } = context.options;
  const missing = countMissingThroughGit(context.repository, signal ? AbortSignal.any([signal, ending.signal]) : ending.signal);
  // Whoever waits for it sees the failure.
  missing.catch(() => undefined);
  const log = startWholeLog(context);
  return {
    log,
    missing,
    async stop() {
      ending.abort();
      await Promise.allSettled([log.stop(), missing]);
    },
  };
}

/** What git's walk found; `undefined` when it could not go all the way, as where objects are missing. */
async function listWalked({ table, options }: ScanContext, { log }: Walk): Promise<LogEntry[] | undefined> {
  const entries: LogEntry[] = [];
  try {
    for await (const entry of log.entries(wantedEntries(table))) entries.push(entry);
    return entries;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ScanError && error.code === 'HISTORY_UNREADABLE') return undefined;
    throw error;
  }
}

/** The commits and files that hold something, newest first: from the links of packed commits and trees where they tell it, else from git. */
async function* listEntries(context: ScanContext, links: HistoryLinks | undefined): AsyncGenerator<LogEntry> {
  const { repository, table } = context;
  const wanted = wantedEntries(table);
  // Names count wherever they stand, also in directories without a hit.
  const places = links && table.names.size === 0 ? markWantedTrees(links) : undefined;
  if (links && places) return yield* walkHistory(links, places, repository, wanted);
  const log = startWholeLog(context);
  try {
    yield* log.entries(wanted);
  } finally {
    await log.stop();
  }
}

function startWholeLog({ repository, options }: ScanContext): Log {
  return startLog(repository, { all: true, revisions: repository.hiddenRoots.map((root) => root.target) }, options.signal);
}

function wantedEntries(table: MatchTable) {
  return {
    commits: new Set(listHits(table, 'commit')),
    blobs: new Set(table.objects.keys()),
    names: new Set(table.names.keys()),
  };
}

async function readLinks(context: ScanContext, scan: StoreScan | undefined): Promise<HistoryLinks | undefined> {
  if (!scan || !canReadLinks(context, scan)) return undefined;
  const { walkers, packs } = scan;
  const builder = scan.builder ?? new HistoryLinksBuilder(context.repository.objectFormat, packs);
  return await readHistoryLinks({ repository: context.repository, builder, blobs: listHits(context.table, 'blob'), walkers });
}

function listHits({ objects }: MatchTable, wanted: ObjectType): string[] {
  return [...objects].filter(([, { type }]) => type === wanted).map(([oid]) => oid);
}

/** What changes which commits git shows is git's business, and so is what stands in packs that cannot be read. */
function canReadLinks({ repository }: ScanContext, { left, unlistedPacks }: PackScan): boolean {
  return (
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
