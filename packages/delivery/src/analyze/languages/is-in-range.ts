type Version = readonly [major: number, minor: number, patch: number];

/**
 * Whether a version, or all those of a series such as `22`, are in a range of npm (https://github.com/npm/node-semver#ranges). What is no such
 * version or range is not.
 */
export function isInRange(version: string, range: string): boolean {
  const series = parseSeries(version);
  return series !== undefined && range.split('||').some((alternative) => isInAll(series, alternative.trim()));
}

/** The first version of `22`, `22.x` or `22.1.0`, and the first one after all of it. */
interface Series {
  readonly first: Version;
  readonly after: Version;
}

function parseSeries(text: string): Series | undefined {
  const match = /^v?(\d{1,5})(?:\.(?:(\d{1,5})(?:\.(?:(\d{1,5})|[x*]))?|[x*](?:\.[x*])?))?$/.exec(text);
  if (match === null) return undefined;
  const [major, minor, patch] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const first: Version = [major!, minor ?? 0, patch ?? 0];
  if (minor === undefined) return { first, after: [major! + 1, 0, 0] };
  return { first, after: patch === undefined ? [major!, minor + 1, 0] : [major!, minor, patch + 1] };
}

function isInAll({ first, after }: Series, text: string): boolean {
  if (text === '' || text === '*' || text === 'x') return true;
  const between = /^(\S{1,20}) - (\S{1,20})$/.exec(text);
  const comparators = between ? [`>=${between[1]!}`, `<=${between[2]!}`] : text.replaceAll(/([<>=^~]) +/g, '$1').split(/ +/);
  return comparators.every((comparator) => {
    const [, operator = '', limit = ''] = /^([<>]=?|=|\^|~)?(.*)$/.exec(comparator)!;
    const series = parseSeries(limit);
    if (series === undefined) return false;
    switch (operator) {
      case '>=':
        return !isBefore(first, series.first);
      case '>':
        return !isBefore(first, series.after);
      case '<':
        return !isBefore(series.first, after);
      case '<=':
        return !isBefore(series.after, after);
      default:
        return !isBefore(first, series.first) && !isBefore(findEnd(operator, series), after);
    }
  });
}

/** `^1.2.3` ends before 2.0.0, `~1.2.3` before 1.3.0. */
function findEnd(operator: string, { first: [major, minor], after }: Series): Version {
  if (operator === '^' && major > 0) return [major + 1, 0, 0];
  return operator === '~' && after[0] === major ? [major, minor + 1, 0] : after;
}

function isBefore(one: Version, other: Version): boolean {
  const index = one.findIndex((part, at) => part !== other[at]);
  return index !== -1 && one[index]! < other[index]!;
}
