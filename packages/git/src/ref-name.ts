import { isUtf8 } from 'node:buffer';
import { GitError } from './git-error.ts';
import { stripControl } from './strip-control.ts';

/**
 * Names of refs are bytes to git. Here they are strings of one character a byte (Latin-1), so that none is lost; `displayName` turns them
 * into text for people, in which no two look alike: those that are no UTF-8, or hold what steers a terminal or reorders text, stand in
 * double quotes with their bytes in octal, as git prints paths (git-config(1), `core.quotePath`).
 */
export function displayName(name: string): string {
  const bytes = Buffer.from(name, 'latin1');
  const text = bytes.toString('utf8');
  const isPlain = isUtf8(bytes) && stripControl(text) === text && !/[\n\t]/.test(text);
  return isPlain ? text : `"${name.replaceAll(/[^ !#-[\]-~]/g, escapeByte)}"`;
}

/** The lossless form of a name that came as text, also as `displayName` writes it: no ref holds a backslash. */
export function encodeName(text: string): string {
  if (/^"(?:[^"\\]|\\[0-3][0-7]{2})*"$/.test(text) && text.includes('\\'))
    return text.slice(1, -1).replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
  return Buffer.from(text, 'utf8').toString('latin1');
}

function escapeByte(byte: string): string {
  return `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`;
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
