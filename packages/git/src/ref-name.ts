import { GitError } from './git-error.ts';
import { stripControl } from './strip-control.ts';

/**
 * Names of refs are bytes to git. Here they are strings of one character a byte (Latin-1), so that none is lost; `displayName` turns them
 * into text for people.
 */
export function displayName(name: string): string {
  return stripControl(Buffer.from(name, 'latin1').toString('utf8'));
}

/** The lossless form of a name that came as text. */
export function encodeName(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Whether git accepts the name (git-check-ref-format(1), without flags): at least two parts, and none of what the rules forbid. */
export function isRefName(name: string): boolean {
  return name.includes('/') && isRefPath(name);
}

/** Throws `REF_NAME_INVALID` when git would not accept the name as that of a branch (`git check-ref-format --branch`, taken literally). */
export function assertBranchName(name: string): void {
  if (!name.startsWith('-') && name !== 'HEAD' && isRefPath(`refs/heads/${name}`)) return;
  throw new GitError('REF_NAME_INVALID', `"${displayName(name)}" is not a branch name that git accepts.`);
}

function isRefPath(name: string): boolean {
  if (name === '@' || name.endsWith('.') || name.includes('..') || name.includes('@{')) return false;
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
