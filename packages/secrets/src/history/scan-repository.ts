import type { Repository } from '@deployguard/git';
import { loadDetector } from '../detect/load-detector.ts';
import { buildFindings, type BuildFindingsOptions, type DroppedFinding } from './build-findings.ts';
import { CoverageCounter, type Coverage } from './coverage.ts';
import { createFingerprinter, deriveKey } from './fingerprint.ts';
import { findOldestCommit, findOldestRoot } from './find-oldest-commit.ts';
import { FindingGatherer } from './gather-findings.ts';
import { MatchTable } from './match-table.ts';
import { ScanError } from './scan-error.ts';
import { scanFiles } from './scan-files.ts';
import { scanHistory } from './scan-history.ts';
import { scanRange } from './scan-range.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Detector } from '../detect/detector.ts';
import type { SecretFinding } from '../secret-finding.ts';

/** What of a repository is scanned. */
export type ScanScope =
  | { readonly kind: 'history' }
  /** What these commits add: `A..B`, or any revisions that `git log` takes. */
  | { readonly kind: 'range'; readonly revisions: readonly string[] }
  /** What commits after a date add, in git's date syntax. */
  | { readonly kind: 'since'; readonly date: string }
  /** What is staged in the work tree at `path`. */
  | { readonly kind: 'staged'; readonly path: string }
  /** The files of the work tree at `path`, ignored ones left out. */
  | { readonly kind: 'working-tree'; readonly path: string };

export interface ScanOptions {
  /** Default: the whole history. */
  readonly scope?: ScanScope;
  readonly configuration?: Configuration;
  /** Keep what was matched and judged to be no secret, with the reason. */
  readonly explain?: boolean;
  /** Report secrets in objects that no ref reaches. */
  readonly includeUnreachable?: boolean;
  /** Key of finding ids and value hashes; derived from the oldest root commit when absent. */
  readonly fingerprintKey?: Buffer;
  /** `whole` reads every object through git, as the fallback does; `packs`, the default, gives the same findings faster. */
  readonly engine?: 'packs' | 'whole';
  /** Who finds the commits and paths of hits: git, the default of small stores, or we from `links` between objects. The findings are the same. */
  readonly walker?: 'git' | 'links';
  /** Threads. Default: the processors. */
  readonly workers?: number;
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
  /** Secrets that a comment, an allow-list or the paths of a rule leave out; with `explain` also what was judged to be none. */
  readonly dropped: readonly DroppedFinding[];
  readonly coverage: Coverage;
}

/** What the parts of one scan share. */
export interface ScanContext {
  readonly repository: Repository;
  readonly detector: Detector;
  readonly table: MatchTable;
  readonly gatherer: FindingGatherer;
  readonly coverage: CoverageCounter;
  readonly options: ScanOptions;
  report(phase: ScanProgress['phase'], total: number): void;
}

/**
 * Finds every secret: in the whole history by default, that is in files, messages, identities, notes, stashes, tags, paths and ref
 * names of every ref. Each object is read once, however many commits hold it; commits and paths are looked up for hits alone.
 *
 * @throws {ScanError} `NOTHING_SCANNED` when a history holds nothing to read: a scan of nothing must not look clean.
 */
export async function scanRepository(repository: Repository, options: ScanOptions = {}): Promise<ScanResult> {
  const detector = await loadDetector(options.configuration?.detector);
  const coverage = new CoverageCounter();
  const gatherer = new FindingGatherer(detector.rules);
  const table = new MatchTable();
  const report = (phase: ScanProgress['phase'], total: number): void =>
    options.onProgress?.({ phase, done: coverage.scannedObjects, total, bytes: coverage.bytes });
  const context: ScanContext = { repository, detector, table, gatherer, coverage, options, report };

  const { rootCommits, knownPlaces } = await scanScope(context, options.scope ?? { kind: 'history' });

  if (gatherer.findings.size === 0) return { findings: [], dropped: [], coverage: coverage.toCoverage() };
  const key =
    options.fingerprintKey ??
    deriveKey((rootCommits ? await findOldestCommit(repository.git, rootCommits) : await findOldestRoot(repository.git)) ?? '');
  const { findings, dropped } = await buildFindings(repository, gatherer, {
    fingerprinter: createFingerprinter(key),
    allowances: options.configuration?.allowances ?? [],
    ignoresComments: options.configuration?.ignoresComments ?? false,
    ...(knownPlaces ? { knownPlaces } : {}),
  });
  return { findings, dropped, coverage: coverage.toCoverage() };
}

interface ScopeResult {
  /** When the scope's walk has seen all of them. */
  readonly rootCommits?: readonly string[];
  readonly knownPlaces?: NonNullable<BuildFindingsOptions['knownPlaces']>;
}

async function scanScope(context: ScanContext, scope: ScanScope): Promise<ScopeResult> {
  switch (scope.kind) {
    case 'history': {
      const rootCommits = await scanHistory(context);
      if (context.coverage.scannedObjects === 0) {
        throw new ScanError('NOTHING_SCANNED', 'The repository holds no objects: nothing was scanned. Check the path or URL.');
      }
      return { rootCommits };
    }
    case 'range':
      await scanRange(context, { all: false, revisions: scope.revisions });
      return {};
    case 'since':
      await scanRange(context, { all: true, revisions: [], since: scope.date });
      return {};
    case 'staged':
    case 'working-tree':
      return { knownPlaces: await scanFiles(context, scope) };
  }
}
