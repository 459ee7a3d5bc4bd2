import { GitError } from './git-error.ts';
import type { ObjectFormat } from './object-type.ts';

/** Extensions that change nothing for a reader of objects and refs. */
const harmlessExtensions = ['noop', 'noop-v1', 'preciousobjects', 'partialclone', 'worktreeconfig', 'relativeworktrees'];

/**
 * The hash of a repository, from its configuration. Throws `REPOSITORY_UNSUPPORTED` when the configuration says that refs or objects are
 * kept in a way that is not known here.
 */
export function readObjectFormat(config: ReadonlyMap<string, readonly string[]>): ObjectFormat {
  const setting = (name: string): string | undefined => config.get(`extensions.${name}`)?.at(-1)?.toLowerCase();
  const refStorage = setting('refstorage') ?? 'files';
  if (refStorage !== 'files') {
    throw new GitError(
      'REPOSITORY_UNSUPPORTED',
      `The repository keeps its refs as "${refStorage}", which cannot be read here. Convert it with "git refs migrate --ref-format=files", or give its URL.`,
    );
  }
  const format = setting('objectformat') ?? 'sha1';
  if (format !== 'sha1' && format !== 'sha256') {
    throw new GitError('REPOSITORY_UNSUPPORTED', `The repository's object format "${format}" is not known.`);
  }
  const known = [...harmlessExtensions, 'objectformat', 'refstorage'];
  const unknown = [...config.keys()].find((key) => key.startsWith('extensions.') && !known.includes(key.slice('extensions.'.length)));
  // Before version 1, git itself takes no notice of extensions that it does not know.
  if (unknown !== undefined && Number(config.get('core.repositoryformatversion')?.at(-1) ?? 0) > 0) {
    throw new GitError(
      'REPOSITORY_UNSUPPORTED',
      `The repository uses ${unknown}, which is not known here. Give its URL, or a bundle of it.`,
    );
  }
  return format;
}
