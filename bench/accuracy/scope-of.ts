import { isVisiblePlaceholder } from './is-visible-placeholder.ts';
import type { ScopeCategory } from './sample.ts';

const identifiers = [
  /^(?:AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA|A3T)[A-Z0-9]+$/,
  /^AC[0-9a-f]{32}$/,
  /^pk_(?:live|test)_|^pk\.eyJ|^sq0idp-|^phc_/,
  /^00D\w{12,15}$|^3MVG/,
  /\.apps\.googleusercontent\.com$|^arn:|@[\w-]+\.[a-z]{2,}$/,
  /^-----BEGIN (?:[A-Z ]*PUBLIC KEY|CERTIFICATE)/,
];
const hashes = [
  /^\*[0-9A-F]{40}$/,
  /^\$(?:2[abxy]|argon2\w*|[156y]|apr1|sha1)\$/,
  /^(?:pbkdf2|scrypt|sha\d+|md5)[:$_]/i,
  /^[0-9a-f]{32}:[0-9a-f]{32}$/i,
];

/** The category that takes a value out of scope; `undefined` for what is measured. */
export function scopeOf(value: string): ScopeCategory | undefined {
  if (identifiers.some((form) => form.test(value))) return 'identifier';
  if (hashes.some((form) => form.test(value))) return 'hash';
  return value.length < 300 && isVisiblePlaceholder(value) ? 'placeholder' : undefined;
}

/** The same for a text whose secret is not marked: its longest token decides, names before an operator left aside, and plain marks anywhere. */
export function scopeOfText(text: string): ScopeCategory | undefined {
  if (text.length > 600) return undefined;
  const tokens = text.match(/[^\s"'`=:,;<>()[\]{}]{6,}(?![\w"'\]]{0,24}\s{0,3}[=:])/g) ?? [];
  const longest = tokens.reduce((best, token) => (token.length > best.length ? token : best), '');
  const guess = [...text.matchAll(assignedPassword)].some(([, value]) => isVisiblePlaceholder(value!));
  return scopeOf(longest) ?? (guess || plainMark.test(text) ? 'placeholder' : undefined);
}

const assignedPassword = /(?:(?:pass\w*|pwd|secret)["'\]]*\s*(?:=>|:=|!=|[:=,(]| )\s*["']?|:\/\/[^\s:/]*:)([^\s"';,)&@]{4,})/gi;

const plainMark = /([A-Za-z0-9*])\1{5}|xxxx|EXAMPLE|<(?:your|password|token|secret|key)[\w -]*>/i;
