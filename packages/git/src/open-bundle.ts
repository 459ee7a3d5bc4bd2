import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { writeBareRepository } from './create-bare-repository.ts';
import type { RepositoryDirectory } from './create-bare-repository.ts';
import { createGit, isOutOfMemory } from './git.ts';
import type { Git } from './git.ts';
import { GitError } from './git-error.ts';
import type { OpenOptions } from './open-local-repository.ts';
import { openOwnRepository } from './open-own-repository.ts';
import { loadBundleHeader } from './parse-bundle-header.ts';
import type { BundleHeader } from './parse-bundle-header.ts';
import type { Ref, Repository } from './repository.ts';
import { stripControl } from './strip-control.ts';

/** Unpacks a bundle into the fresh repository. Throws `BUNDLE_INVALID`, or `BUNDLE_INCOMPLETE` when it builds on commits it does not hold. */
export async function openBundle(path: string, directory: RepositoryDirectory, options: OpenOptions): Promise<Repository> {
  const header = await loadBundleHeader(path);
  if (header.prerequisites.length > 0) {
    throw new GitError(
      'BUNDLE_INCOMPLETE',
      'The bundle holds only a part of the history. Make one of everything: "git bundle create <file> --all".',
    );
  }
  const { gitDir, homeDirectory } = directory;
  const { objectFormat } = header;
  await writeBareRepository(gitDir, { objectFormat });
  const git = createGit({ ...options, gitDir, homeDirectory });
  await unpack(git, path, header);

  const refs = header.refs.filter((ref) => ref.name !== 'HEAD');
  const config = new Map(header.filter === undefined ? [] : [['extensions.partialclone', [header.filter]]]);
  return await openOwnRepository(directory, git, { objectFormat, refs, head: findHead(header.refs, refs), config });
}

async function unpack(git: Git, path: string, header: BundleHeader): Promise<void> {
  const running = git.start(['index-pack', '--stdin', '--threads=2'], { stdin: 'pipe' });
  running.stdout.resume();
  // index-pack's own complaint says more than the pipe that broke because of it.
  await pipeline(createReadStream(path, { start: header.packOffset }), running.stdin!).catch(() => {});
  const { exitCode, stderr } = await running.done;
  if (exitCode === 0) return;
  if (isOutOfMemory(stderr)) throw new GitError('LIMIT_EXCEEDED', 'The bundle needs more memory than it may have to be unpacked.');
  throw new GitError('BUNDLE_INVALID', 'The bundle cannot be unpacked: it is damaged or cut off. Make it again.', {
    details: stripControl(stderr).trim(),
  });
}

/** A bundle tells only HEAD's object: take it for the branch that is there too, as a clone does. */
function findHead(all: readonly Ref[], refs: readonly Ref[]): string | undefined {
  const head = all.find((ref) => ref.name === 'HEAD');
  if (head === undefined) return undefined;
  const branches = refs.filter((ref) => ref.name.startsWith('refs/heads/') && ref.target === head.target).map((ref) => ref.name);
  return ['refs/heads/main', 'refs/heads/master'].find((name) => branches.includes(name)) ?? branches[0] ?? head.target;
}
