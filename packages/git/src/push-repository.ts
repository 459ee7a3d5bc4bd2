import { createRepositoryDirectory, writeBareRepository } from './create-bare-repository.ts';
import { explainTransferError } from './explain-transfer-error.ts';
import { createGit } from './git.ts';
import { GitError } from './git-error.ts';
import type { Git, GitRunOptions } from './git.ts';
import type { Setting } from './git-environment.ts';
import { openLocalRepository } from './open-local-repository.ts';
import { parseCloneUrl } from './parse-clone-url.ts';
import { prepareTransfer } from './prepare-transfer.ts';
import type { Transfer, TransferOptions } from './prepare-transfer.ts';
import { heldBackReason, movedReason, planPush } from './push-plan.ts';
import type { PushedRef, PushUpdate } from './push-plan.ts';
import { parsePushReport, parseRemoteMessages } from './push-report.ts';
import type { PushReportLine } from './push-report.ts';
import type { Repository } from './repository.ts';
import { createProgressParser } from './transfer-progress.ts';
import type { TransferProgress } from './transfer-progress.ts';

export interface PushOptions extends TransferOptions {
  /** For what git needs on the way; emptied afterwards. */
  readonly workDirectory: string;
  /** Allows local paths. Default false. */
  readonly allowFile?: boolean;
  /**
   * What the remote's refs led to when they were scanned, by name (Latin-1). With `force`, a ref is only replaced while it still leads
   * there: what was pushed since is left alone and reported as `moved`. Default: none, so that nothing is replaced.
   */
  readonly expectedTargets?: ReadonlyMap<string, string>;
  /**
   * Replace refs whose new history does not contain the old one, all or none: where one of them has moved, nothing is pushed; where the remote
   * refuses one, it takes none if it can (`--atomic`), else the others. Default false.
   */
  readonly force?: boolean;
  /** Refs to delete at the remote: the old names of renamed ones. Default: none. */
  readonly deleteRefs?: readonly string[];
  /** Plan and report, and change nothing. */
  readonly dryRun?: boolean;
  /** Most refs that are named to git one by one; more are pushed by a pattern. Default 500. */
  readonly maxNamedRefs?: number;
  readonly onProgress?: (progress: TransferProgress) => void;
  /** Where git and ssh are looked up. Default: the system's program directories. */
  readonly searchPath?: string;
  readonly signal?: AbortSignal;
}

export interface PushResult {
  /** Every ref, here or there. */
  readonly refs: readonly PushedRef[];
  /** Whether each ref that could be pushed was, and none of the remote's was left as it is. */
  readonly isComplete: boolean;
  /** What the remote said, without control characters. */
  readonly messages: readonly string[];
}

const defaultTimeoutSeconds = 3600;

const quietSeconds = 1800;

/**
 * Pushes all refs of a bare directory to a URL, each under its own name and id.
 *
 * git runs in a fresh repository that borrows the directory's objects, and reaches the remote by the checked way alone (see
 * `prepareTransfer`). With `force` each update carries the id that the remote must still have (`--force-with-lease`), so that a repeat is
 * harmless and work pushed meanwhile is never lost; a history that is half old and half new would help nobody, so all refs are replaced or none.
 * Refs that were refused are in the result, not errors.
 *
 * Throws `GitError` as `cloneRepository` does, when the remote cannot be reached or read at all; `EgressError`; `ProcessError`.
 */
export async function pushRepository(gitDir: string, target: string, options: PushOptions): Promise<PushResult> {
  const url = parseCloneUrl(target, options.allowFile === undefined ? {} : { allowFile: options.allowFile });
  const common = pickGitOptions(options);
  await using repository = await openLocalRepository(gitDir, { workDirectory: options.workDirectory, ...common });
  const { homeDirectory, remove } = await createRepositoryDirectory(options.workDirectory);
  try {
    // A server that resolves the deltas of a large push says next to nothing meanwhile; where nothing moves at all, the proxy ends it.
    const limits = { lowSpeedSeconds: quietSeconds, ...options.limits };
    await using transfer = await prepareTransfer(url, homeDirectory, { ...options, limits });
    const git = createGit({ gitDir: repository.gitDir, homeDirectory, ...common });
    const remoteRefs = await listRemoteRefs(git, url.url, transfer, options);
    const { settled, updates } = planPush(repository.refs, remoteRefs, {
      expectedTargets: options.expectedTargets ?? new Map(),
      force: options.force ?? false,
      deleteRefs: options.deleteRefs ?? [],
    });
    const isHeldBack = options.force === true && settled.some(({ status }) => status === 'moved');
    const { refs, messages } = isHeldBack
      ? { refs: updates.map((update) => holdBack(update, remoteRefs)), messages: [] }
      : await pushUpdates({ repository, git, homeDirectory, url: url.url, transfer, options }, updates, remoteRefs);
    // What stopped the others comes first.
    const all = [...settled, ...refs].sort((a, b) => Number(a.reason === heldBackReason) - Number(b.reason === heldBackReason));
    return { refs: all, isComplete: all.every(({ status }) => doneStatuses.includes(status)), messages };
  } finally {
    await remove();
  }
}

const doneStatuses: readonly PushedRef['status'][] = ['created', 'updated', 'deleted', 'unchanged'];

/** Asks what the remote has. Peeled tags and HEAD are no refs of their own. */
async function listRemoteRefs(git: Git, url: string, transfer: Transfer, options: PushOptions): Promise<Map<string, string>> {
  const running = git.start(['ls-remote', '--refs', '--', url], toRunOptions(transfer, options));
  const chunks: Buffer[] = [];
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  const { exitCode, stderr } = await running.done;
  if (exitCode !== 0) throw explainTransferError(stderr, transfer.proxy);
  const refs = new Map<string, string>();
  for (const line of Buffer.concat(chunks).toString('latin1').split('\n')) {
    const [oid, name] = line.split('\t');
    if (oid && name) refs.set(name, oid);
  }
  return refs;
}

interface PushJob {
  readonly repository: Repository;
  readonly git: Git;
  readonly homeDirectory: string;
  readonly url: string;
  readonly transfer: Transfer;
  readonly options: PushOptions;
}

interface Answer {
  readonly lines: readonly PushReportLine[];
  readonly messages: readonly string[];
}

async function pushUpdates(
  job: PushJob,
  updates: readonly PushUpdate[],
  remoteRefs: ReadonlyMap<string, string>,
): Promise<{ refs: PushedRef[]; messages: string[] }> {
  const isFew = updates.length <= (job.options.maxNamedRefs ?? 500);
  // Those that carry a lease and those that do not cannot be told apart in one pattern.
  const groups = isFew
    ? [updates]
    : Object.values(Object.groupBy(updates, ({ expected }) => (expected === undefined ? 'plain' : 'leased')));
  const answers: Answer[] = [];
  for (const group of groups) {
    if (group.length > 0) answers.push(isFew ? await pushNamed(job, group) : await pushByPattern(job, group));
  }
  const byName = new Map(answers.flatMap(({ lines }) => lines).map((line) => [line.name, line]));
  return {
    refs: updates.map((update) => describeUpdate(update, byName.get(update.name), remoteRefs.get(update.name))),
    messages: answers.flatMap(({ messages }) => messages),
  };
}

async function pushNamed(job: PushJob, updates: readonly PushUpdate[]): Promise<Answer> {
  const leases = updates.filter(({ expected }) => expected !== undefined);
  return await runPush(job, job.git, [
    ...leases.map(({ name, expected }) => `--force-with-lease=${toText(name)}:${expected}`),
    '--',
    job.url,
    ...updates.map(({ name, target = '' }) => `${target}:${toText(name)}`),
  ]);
}

/** Where the ids that the remote must still have are kept: outside of `refs/`, since their objects need not be here. */
const expectedPrefix = 'expected/';

/**
 * Pushes all refs of a repository of their own. git compares each name that it is given with every ref of the remote, so that fifty
 * thousand take an hour; of a pattern it looks them up. The leases are then what it takes for its record of the remote (git-push(1),
 * `--force-with-lease` without a value); a ref without a record must not be there.
 */
async function pushByPattern(job: PushJob, updates: readonly PushUpdate[]): Promise<Answer> {
  const { repository, homeDirectory, url, options } = job;
  const directory = await createRepositoryDirectory(options.workDirectory);
  try {
    const { gitDir } = directory;
    const targets = updates.flatMap(({ name, target }) => (target === undefined ? [] : [{ name, target }]));
    const records = updates.flatMap(({ name, expected }) =>
      expected ? [{ name: expectedPrefix + name.slice('refs/'.length), target: expected }] : [],
    );
    await writeBareRepository(gitDir, {
      objectFormat: repository.objectFormat,
      borrowFrom: repository.objectDirectories,
      refs: [...records, ...targets],
    });
    const settings: Setting[] = [
      ['remote.target.url', url],
      ['remote.target.fetch', `+refs/*:${expectedPrefix}*`],
    ];
    const git = createGit({ gitDir, homeDirectory, settings, ...pickGitOptions(options) });
    const isLeased = updates[0]!.expected !== undefined;
    return await runPush(job, git, [
      ...(isLeased ? ['--force-with-lease'] : []),
      '--',
      'target',
      ...(targets.length > 0 ? ['refs/*:refs/*'] : []),
      ...updates.filter(({ target }) => target === undefined).map(({ name }) => `:${toText(name)}`),
    ]);
  } finally {
    await directory.remove();
  }
}

async function runPush(job: PushJob, git: Git, args: readonly string[]): Promise<Answer> {
  if (!job.options.force) return await runPushOnce(job, git, args);
  try {
    return await runPushOnce(job, git, ['--atomic', ...args]);
  } catch (error) {
    // git says so before it sends anything.
    if (!(error instanceof GitError) || !error.details.includes('does not support --atomic')) throw error;
    return await runPushOnce(job, git, args);
  }
}

async function runPushOnce({ transfer, options }: PushJob, git: Git, args: readonly string[]): Promise<Answer> {
  const running = git.start(
    [
      'push',
      '--porcelain',
      '--progress',
      '--no-verify',
      '--no-signed',
      '--recurse-submodules=no',
      ...(options.dryRun ? ['--dry-run'] : []),
      ...args,
    ],
    toRunOptions(transfer, options),
  );
  if (options.onProgress) running.onStderr(createProgressParser(options.onProgress));
  const chunks: Buffer[] = [];
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  const { exitCode, stderr } = await running.done;
  const lines = parsePushReport(Buffer.concat(chunks));
  // A push that was refused in part fails too; only one without any answer broke down.
  if (exitCode !== 0 && lines.length === 0) throw explainTransferError(stderr, transfer.proxy);
  return { lines, messages: parseRemoteMessages(stderr) };
}

function holdBack({ name, target }: PushUpdate, remoteRefs: ReadonlyMap<string, string>): PushedRef {
  const remoteTarget = remoteRefs.get(name);
  return {
    name,
    ...(target !== undefined && { target }),
    ...(remoteTarget !== undefined && { remoteTarget }),
    status: 'rejected',
    reason: heldBackReason,
  };
}

function describeUpdate({ name, target }: PushUpdate, line: PushReportLine | undefined, remoteTarget: string | undefined): PushedRef {
  const known = { name, ...(target !== undefined && { target }), ...(remoteTarget !== undefined && { remoteTarget }) };
  if (line === undefined) return { ...known, status: 'rejected', reason: 'the remote gave no answer for it' };
  // git's word for a lease that no longer holds.
  if (line.reason?.includes('stale info')) return { ...known, status: 'moved', reason: movedReason };
  // git's words, and those of the remote, for the others of an atomic push.
  if (/\(atomic push fail(?:ed|ure)\)/.test(line.reason ?? '')) return { ...known, status: 'rejected', reason: heldBackReason };
  return { ...known, status: line.status, ...(line.reason !== undefined && { reason: line.reason }) };
}

function pickGitOptions({ searchPath, signal }: PushOptions): { searchPath?: string; signal?: AbortSignal } {
  return { ...(searchPath === undefined ? {} : { searchPath }), ...(signal === undefined ? {} : { signal }) };
}

function toRunOptions(transfer: Transfer, options: PushOptions): GitRunOptions {
  return {
    protocols: transfer.protocols,
    settings: transfer.settings,
    environment: transfer.environment,
    timeoutSeconds: options.limits?.timeoutSeconds ?? defaultTimeoutSeconds,
  };
}

/** The name as text; `planPush` lets through only what survives it. */
function toText(name: string): string {
  if (/^[\x21-\x7e]*$/.test(name)) return name;
  return Buffer.from(name, 'latin1').toString('utf8');
}
