/** Why a path pattern matches no path, so that it would allow nothing, in silence; `undefined` for one that can match. */
export function findGlobFault(pattern: string): string | undefined {
  const why = explainFault(pattern);
  return why === undefined ? undefined : `'${pattern}' matches no path: ${why}`;
}

function explainFault(pattern: string): string | undefined {
  if (/^(?:\.{0,2}\/)/.test(pattern)) return 'paths begin at the top of the repository, without / or ./';
  if (pattern.endsWith('/')) return `for all files of a folder write '${pattern}**'`;
  // Escaped characters stand for themselves.
  const plain = pattern.replaceAll(/\\./gs, 'x');
  if (plain.endsWith('\\')) return 'it ends with a backslash that escapes nothing';
  const withoutClasses = plain.replaceAll(/\[[!^]?\]?[^\]]{0,2000}\]/g, 'x');
  if (withoutClasses.includes('[')) return "a '[' is never closed; for the character itself write '\\['";
  if (hasBackwardRange(plain)) return 'a range of characters goes backward';
  const braces = withoutClasses.replaceAll(/[^{}]/g, '');
  for (let left = braces, next = ''; ; left = next) {
    next = left.replaceAll('{}', '');
    if (next === left) return next === '' ? undefined : "a '{' or '}' has no counterpart; for the character itself write '\\{'";
  }
}

function hasBackwardRange(plain: string): boolean {
  return [...plain.matchAll(/\[[!^]?(\]?[^\]]{0,2000})\]/g)].some(([, characters]) =>
    [...characters!.matchAll(/(.)-(.)/gsu)].some(([, first, last]) => first! > last!),
  );
}
