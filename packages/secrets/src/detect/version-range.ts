/** `1.2.3`, `1.x`, `*`, with what packages put behind it (`-alpha.2`, `+build7`, `@dev`). */
const version =
  'v?(?:\\d{1,8}|[xX*])(?:\\.(?:\\d{1,8}|[xX*])){0,3}(?:[-+.](?:[A-Za-z]{1,14}\\d{0,3}|\\d{1,14}|[0-9a-f]{7,10})){0,6}(?:@[a-z]{2,8})?';
const comparator = `(?:[\\^~]|[~<>=!]?=|~>|[<>])?[ ]{0,2}${version}`;
const range = new RegExp(
  `^(?:workspace:|npm:@?[\\w./-]{1,100}@)?${comparator}(?:(?:[ ]{0,2}(?:\\|{1,2}|,)[ ]{0,2}|[ ]-[ ]|[ ])${comparator}){0,12}$`,
);
/** Something that a number or a word alone has not; digits with dots are too simple anyway. */
const hasMark = /^(?=.*[^\d.]).*(?:(?:^|[^\w.])v?\d{1,8}\.[\dxX*]|[\^~<>=][ ]{0,2}v?\d|\|\|)/;

/**
 * Versions and ranges of versions, as lock files have them for packages whose name ends in a keyword:
 * `"@acme/credential-providers": "^3.188.0"` (https://semver.org, https://github.com/npm/node-semver#ranges, https://getcomposer.org/doc/articles/versions.md).
 */
export function isVersionRange(text: string): boolean {
  return text.length <= 160 && hasMark.test(text) && range.test(text);
}
