import { join } from 'node:path';
import { findProgram, ProcessError } from '@deployguard/process';
import type { ProcessLimits } from '@deployguard/process';
import { createRepositoryDirectory, writeBareRepository } from './create-bare-repository.ts';
import type { RepositoryDirectory } from './create-bare-repository.ts';
import { explainTransferError } from './explain-transfer-error.ts';
import { createGit, startBareGit } from './git.ts';
import { defaultSearchPath } from './git-environment.ts';
import { GitError } from './git-error.ts';
import { assertGitVersion } from './git-version.ts';
import { loadRefFile, loadSourceRefs } from './load-source-refs.ts';
import { isObjectId } from './object-type.ts';
import { openOwnRepository } from './open-own-repository.ts';
import { parseCloneUrl } from './parse-clone-url.ts';
import type { CloneUrl } from './parse-clone-url.ts';
import { parseConfig } from './parse-config.ts';
import { prepareTransfer } from './prepare-transfer.ts';
import type { Transfer, TransferLimits, TransferOptions } from './prepare-transfer.ts';
import { readObjectFormat } from './read-object-format.ts';
import { readPlainFile } from './read-plain-file.ts';
import { assertBranchName, encodeName, isRefName } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { createProgressParser } from './transfer-progress.ts';
import type { TransferProgress } from './transfer-progress.ts';

export interface CloneOptions extends TransferOptions {
  /** Where the repository is made; removed by `close`. */
  readonly workDirectory: string;
  /** Clone this branch (or tag) alone. Default: every ref that the server shows, pull requests and notes included. */
  readonly branch?: string;
  /** Allows local paths, for repositories of one's own. Default false. */
  readonly allowFile?: boolean;
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly searchPath?: string;
  readonly signal?: AbortSignal;
}

const defaultTimeoutSeconds = 3600;

/**
 * Clones a repository, as bare data with settings of ours: no hook, filter, submodule, redirect or second address that the server names is
 * followed, and what it sends is checked before it is kept.
 *
 * Throws `GitError`: `URL_REFUSED`, `REF_NAME_INVALID`, `AUTHENTICATION_FAILED`, `REMOTE_NOT_FOUND`, `REMOTE_UNREACHABLE`,
 * `CONTENT_REFUSED`, `LIMIT_EXCEEDED`, `TRANSFER_FAILED`, `GIT_NOT_FOUND`, `GIT_TOO_OLD`; `EgressError` when an ssh host may not be
 * reached; `ProcessError` when cancelled.
 */
export async function cloneRepository(url: string, options: CloneOptions): Promise<Repository> {
  const cloneUrl = parseCloneUrl(url, options.allowFile === undefined ? {} : { allowFile: options.allowFile });
  if (options.branch !== undefined) assertBranchName(encodeName(options.branch));
  const directory = await createRepositoryDirectory(options.workDirectory);
  try {
    const { homeDirectory, gitDir } = directory;
    await assertGitVersion({ ...pickGitOptions(options), homeDirectory });
    await using transfer = await prepareTransfer(cloneUrl, homeDirectory, options);
    await runClone(cloneUrl, directory, transfer, options);
    return await openClone(directory, createGit({ ...pickGitOptions(options), homeDirectory, gitDir }));
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

async function runClone(url: CloneUrl, directory: RepositoryDirectory, transfer: Transfer, options: CloneOptions): Promise<void> {
  const { homeDirectory, gitDir } = directory;
  const { timeoutSeconds = defaultTimeoutSeconds } = options.limits ?? {};
  const limits = buildProcessLimits(url, options.limits);
  const scope = options.branch === undefined ? ['--mirror'] : ['--bare', '--single-branch', '--no-tags', `--branch=${options.branch}`];
  const running = startBareGit(
    ['clone', ...scope, '--no-local', '--template=', '--progress', '--end-of-options', url.url, gitDir],
    { ...pickGitOptions(options), homeDirectory },
    {
      protocols: transfer.protocols,
      settings: transfer.settings,
      environment: transfer.environment,
      timeoutSeconds,
      ...(limits === undefined ? {} : { limits }),
    },
  );
  running.stdout.resume();
  if (options.onProgress) running.onStderr(createProgressParser(options.onProgress));
  const { exitCode, stderr } = await running.done.catch((error: unknown) => {
    throw toLimitError(error);
  });
  if (exitCode !== 0) throw explainTransferError(stderr, transfer.proxy, limits?.fileSizeBytes !== undefined);
}

/** Over ssh nobody counts what comes, but nearly all of it goes into one file. */
function buildProcessLimits({ protocol }: CloneUrl, { receivedBytes, process: limits }: TransferLimits = {}): ProcessLimits | undefined {
  if (protocol !== 'ssh' || receivedBytes === undefined || findProgram('prlimit', defaultSearchPath) === undefined) return limits;
  return { ...limits, fileSizeBytes: Math.min(receivedBytes, limits?.fileSizeBytes ?? Number.POSITIVE_INFINITY) };
}

/** What `clone` wrote of settings names the remote; nothing here needs it, and what stays on disk should not. */
async function openClone(directory: RepositoryDirectory, git: ReturnType<typeof createGit>): Promise<Repository> {
  const { gitDir } = directory;
  const config = parseConfig((await readPlainFile(join(gitDir, 'config')))?.toString('utf8') ?? '');
  const objectFormat = readObjectFormat(config);
  const found = await loadSourceRefs(gitDir);
  const head = await loadRefFile(Buffer.from(join(gitDir, 'HEAD')));
  await writeBareRepository(gitDir, { objectFormat });
  const headName = head && ('target' in head ? head.target : head.symbolicTarget);
  const isUnborn = headName !== undefined && !isObjectId(headName) && !found.refs.some((ref) => ref.name === headName);
  return await openOwnRepository(directory, git, {
    objectFormat,
    refs: found.refs,
    head: isUnborn ? undefined : headName,
    ...(isUnborn && isRefName(headName) && { unbornHead: headName }),
    invalidRefs: found.invalid,
  });
}

function toLimitError(error: unknown): unknown {
  if (!(error instanceof ProcessError)) return error;
  if (error.code === 'TIMED_OUT') return new GitError('LIMIT_EXCEEDED', 'The transfer took longer than allowed.', { cause: error });
  if (error.code === 'LIMIT_REACHED') return new GitError('LIMIT_EXCEEDED', 'The repository is larger than allowed.', { cause: error });
  return error;
}

function pickGitOptions({ searchPath, signal }: CloneOptions): { searchPath?: string; signal?: AbortSignal } {
  return { ...(searchPath === undefined ? {} : { searchPath }), ...(signal === undefined ? {} : { signal }) };
}
