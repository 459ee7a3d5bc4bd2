import { GitError } from '@deployguard/git';

export interface Unreached {
  readonly url: string;
  /** What was noted of connections that were not made: `host: CODE`. */
  readonly noted: readonly string[];
  /** Whether whoever asks is who runs the service. */
  readonly isForOne: boolean;
}

const allow = 'One of your own network is allowed by its name: `egress.allow` of the settings, or DEPLOYGUARD_EGRESS_ALLOW.';

/** A repository that is not reached, by the name of its host. Others than who runs the service do not learn which names and addresses there are inside. */
export function explainUnreachable(error: unknown, { url, noted, isForOne }: Unreached): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (!(error instanceof Error) || (code !== 'REMOTE_UNREACHABLE' && code !== 'URL_REFUSED')) return error;
  const host = URL.parse(url)?.hostname ?? '';
  const cause = { cause: error };
  const was = (reason: string): boolean => noted.some((note) => note.endsWith(`: ${reason}`));
  if (noted.length === 0) return code === 'URL_REFUSED' ? error : new GitError(code, `${host}: ${error.message}`, cause);
  if (!isForOne) return new GitError('REMOTE_UNREACHABLE', `${host} cannot be reached, or has no public address. ${allow}`, cause);
  if (was('ADDRESS_DENIED')) return new GitError('URL_REFUSED', `${host} leads to a private address, which is refused. ${allow}`, cause);
  if (was('HOST_NOT_FOUND')) return new GitError('REMOTE_UNREACHABLE', `There is no host of the name ${host}. Is it written right?`, cause);
  return new GitError('REMOTE_UNREACHABLE', `${host} cannot be reached, or ended the connection.`, cause);
}
