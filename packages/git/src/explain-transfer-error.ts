import type { EgressProxy } from '@deployguard/egress';
import { GitError } from './git-error.ts';
import type { GitErrorCode } from './git-error.ts';
import { stripControl } from './strip-control.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly code: GitErrorCode;
  readonly message: string;
}

const tooLarge = 'The repository is larger than allowed.';

/** What git writes when a transfer fails (in the C locale), and what to tell the user; the first that fits. */
const explanations: readonly Explanation[] = [
  {
    pattern: /died of signal 25|file size limit|File too large/i,
    code: 'LIMIT_EXCEEDED',
    message: tooLarge,
  },
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    code: 'DISK_FULL',
    message: 'There is no space left on the disk for the repository.',
  },
  {
    pattern: /out of memory|mmap failed/i,
    code: 'LIMIT_EXCEEDED',
    message: 'The repository needs more memory than it may have.',
  },
  {
    pattern: /Remote branch .* not found/,
    code: 'REMOTE_NOT_FOUND',
    message: 'The repository has no such branch.',
  },
  {
    pattern: /unable to update url base from redirection|redirect|returned error: 30\d/i,
    code: 'URL_REFUSED',
    message: 'The server sends to another address, which is not followed. Give the final URL.',
  },
  {
    pattern: /fsck error|error in (?:object|blob|tree|commit|tag)\b|^error: object [0-9a-f]{40,64}: /im,
    code: 'CONTENT_REFUSED',
    message: 'The repository holds an object that could do harm when it is checked out, so that git does not take it.',
  },
  {
    pattern: /^No \S+ host key is known for /m,
    code: 'URL_REFUSED',
    message:
      'The ssh server’s key is not among the known ones: it may be an impostor. Compare the key with what its owner publishes and add it to the known hosts; connecting once with ssh does both.',
  },
  {
    pattern: /Host key verification failed/,
    code: 'URL_REFUSED',
    message:
      'The ssh server’s key is not the known one: it may be an impostor. Ask its owner; if the key was replaced, put the new one into the known hosts ("ssh-keygen -R <host>" removes the old one).',
  },
  {
    pattern: /Operation too slow|timed out/i,
    code: 'REMOTE_UNREACHABLE',
    message: 'The server is too slow or does not answer. Try again later.',
  },
  {
    pattern: /Permission denied \([\w,-]*publickey/,
    code: 'AUTHENTICATION_FAILED',
    message:
      'The ssh server did not accept a key, or was offered none. Check that the account knows the key; one behind a passphrase serves only from an agent (ssh-add).',
  },
  {
    pattern:
      /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|returned error: 40[13]|Permission denied/,
    code: 'AUTHENTICATION_FAILED',
    message: 'The server did not accept the credentials, or wants some. Check them and their rights.',
  },
  {
    pattern: /repository .*not found|does not appear to be a git repository|returned error: 404|not valid: is this a git repository/i,
    code: 'REMOTE_NOT_FOUND',
    message: 'There is no such repository, or the credentials do not show it.',
  },
  {
    pattern: /SSL|certificate/i,
    code: 'REMOTE_UNREACHABLE',
    message: 'The server’s certificate cannot be verified. If it is your own authority’s, give its file.',
  },
  {
    pattern:
      /Could not resolve|Failed to connect|Connection (?:refused|reset|closed)|CONNECT tunnel failed|unable to access|hung up|RPC failed|Could not read from remote/i,
    code: 'REMOTE_UNREACHABLE',
    message: 'The server cannot be reached, or ended the connection.',
  },
  {
    pattern: /early EOF|bad line length character/,
    code: 'TRANSFER_FAILED',
    message: 'The server broke off while it sent the repository. It may be damaged there: have `git fsck` run on it.',
  },
];

/** Turns git's complaint about a clone, fetch or push into an error for the user; `isFileLimited` tells that the size of files was. */
export function explainTransferError(
  stderr: string,
  proxy?: Pick<EgressProxy, 'isExhausted' | 'refusals'>,
  isFileLimited = false,
): GitError {
  const details = stripControl(stderr).trim();
  if (proxy?.isExhausted) return new GitError('LIMIT_EXCEEDED', tooLarge, { details });
  if (proxy?.refusals.some((refusal) => refusal.code === 'ADDRESS_DENIED')) {
    return new GitError('URL_REFUSED', 'Connecting to this host is not allowed: it does not lead to a public address.', { details });
  }
  // What the remote says is for reading, not for judging.
  const own = details
    .split('\n')
    .filter((line) => !line.startsWith('remote:'))
    .join('\n');
  // A child that the limit killed says nothing: the parent's complaint about it stands alone.
  const complaints = own.split('\n').filter((line) => /^(?:fatal|error): /.test(line));
  if (isFileLimited && complaints.every((line) => line.endsWith('invalid index-pack output'))) {
    return new GitError('LIMIT_EXCEEDED', tooLarge, { details });
  }
  const { code, message } = explanations.find(({ pattern }) => pattern.test(own)) ?? {
    code: 'TRANSFER_FAILED' as const,
    message: 'The transfer failed.',
  };
  return new GitError(code, message, { details });
}
