import type { Repository } from '@deployguard/git';
import { createDetector } from '../detect/detector.ts';
import { attributeMatches, type Sighting } from './attribute-matches.ts';
import { attributeTags } from './attribute-tags.ts';
import { buildFindings, type DroppedFinding } from './build-findings.ts';
import { carriersOfMessages } from './carriers-of-messages.ts';
import { countPackedObjects } from './count-packed-objects.ts';
import { CoverageCounter, type Coverage } from './coverage.ts';
import { createFingerprinter, deriveKey } from './fingerprint.ts';
import { FindingGatherer } from './gather-findings.ts';
import { markHeadFiles } from './mark-head-files.ts';
import { MatchTable } from './match-table.ts';
import { startLog } from './read-log.ts';
import { scanObjects, settle } from './scan-objects.ts';
import { ScanError } from './scan-error.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { SecretFinding } from '../secret-finding.ts';

export interface ScanOptions {
  readonly configuration?: Configuration;
  /** Keep what was matched and judged to be no secret, with the reason. */
  readonly explain?: boolean;
  /** Report secrets in objects that no ref reaches. */
  readonly includeUnreachable?: boolean;
  /** Key of finding ids and value hashes; derived from the root commits when absent. */
  readonly fingerprintKey?: Buffer;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ScanProgress {
  readonly phase: 'reading' | 'attributing';
  /** Objects. */
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  /** Inflated bytes read so far. */
  readonly bytes: number;
}

export interface ScanResult {
  /** Worst first, then by place. */
  readonly findings: readonly SecretFinding[];
  /** Only with `explain`. */
  readonly dropped: readonly DroppedFinding[];
  readonly coverage: Coverage;
}

/**
 * Finds every secret in the whole history: files, messages, identities, notes, stashes, tags, paths and ref names of every ref.
 * Each object is read once, however many commits hold it; commits and paths are looked up for hits alone.
 *
 * @throws {ScanError} `NOTHING_SCANNED` when there was nothing to read: a scan of nothing must not look clean.
 */
export async function scanRepository(repository: Repository, options: ScanOptions = {}): Promise<ScanResult> {
  const detector = createDetector(options.configuration?.detector);
  const table = new MatchTable();
  const coverage = new CoverageCounter();
  const gatherer = new FindingGatherer(detector.rules);
  const keepDropped = options.explain ?? false;
  const signal = options.signal ? { signal: options.signal } : {};

  const total = countPackedObjects(repository.objectDirectories);
  const log = startLog(repository.git, { all: true, revisions: repository.hiddenRoots.map((root) => root.target) }, options.signal);
  let rootCommits: readonly string[] = [];
  try {
    const report = (phase: ScanProgress['phase']): void =>
      options.onProgress?.({ phase, done: coverage.scannedObjects, total, bytes: coverage.bytes });
    await scanObjects(repository, detector, table, coverage, { keepDropped, onBatch: () => report('reading'), ...signal });
    if (coverage.scannedObjects === 0)
      throw new ScanError('NOTHING_SCANNED', 'The repository holds no objects: nothing was scanned. Check the path or URL.');

    report('attributing');
    const carrierOf = await carriersOfMessages(repository.git, table);
    const onSighting = (sighting: Sighting): void => gatherer.add(carrierOf(sighting));
    const commits = new Set([...table.objects].filter(([, { type }]) => type === 'commit').map(([oid]) => oid));
    const wanted = { commits, blobs: new Set(table.objects.keys()), names: new Set(table.names.keys()) };
    if (wanted.blobs.size + wanted.names.size > 0) {
      const { unattributed, roots } = await attributeMatches(table, log.entries(wanted), onSighting);
      rootCommits = roots;
      if (unattributed.size > 0) await attributeTags(table, repository.git, repository.refs, unattributed, onSighting);
      if (unattributed.size > 0) reportUnreachable(unattributed, options.includeUnreachable ?? false);
    }
  } finally {
    await log.stop();
  }

  for (const { name } of repository.refs) {
    const matches = detector.scan(Buffer.from(name, 'latin1'));
    for (const match of settle(matches, detector, keepDropped)) {
      gatherer.add({ match: table.toObjectMatch(match), carrier: 'ref-name', ref: name });
    }
  }
  coverage.refs(repository.refs.length);

  await markHeadFiles(repository, gatherer);
  const fingerprinter = createFingerprinter(options.fingerprintKey ?? deriveKey(await findOldestCommit(repository, rootCommits)));
  const { findings, dropped } = await buildFindings(repository.git, gatherer, fingerprinter, options.configuration?.allowances ?? []);
  return { findings, dropped, coverage: coverage.toCoverage() };

  function reportUnreachable(objects: ReadonlySet<string>, include: boolean): void {
    if (!include) coverage.skipped('object with matches', 'no ref reaches it', objects.size);
    else
      for (const oid of objects) {
        const { type, matches } = table.objects.get(oid)!;
        for (const match of matches)
          gatherer.add({ match, carrier: type === 'blob' ? 'file' : type === 'tag' ? 'tag-message' : 'commit-message', object: oid });
      }
  }
}

async function findOldestCommit(repository: Repository, commits: readonly string[]): Promise<string> {
  const output = await repository.git.run(['log', '--no-walk=unsorted', '--stdin', '--no-show-signature', '--format=%ct %H'], {
    stdin: Buffer.from(commits.map((commit) => `${commit}\n`).join('')),
  });
  const lines = output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
  const dated = lines.map((line) => ({ seconds: Number.parseInt(line, 10), commit: line.slice(line.indexOf(' ') + 1) }));
  return dated.sort((a, b) => a.seconds - b.seconds || (a.commit < b.commit ? -1 : 1))[0]?.commit ?? '';
}
