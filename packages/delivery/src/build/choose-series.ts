import { satisfies } from 'semver';

/**
 * Chooses the series of a language's versions (`22`, `3.12`) that an application asks for. A plain version names its own. Of a range, as npm,
 * Composer, Bundler, Poetry or PEP 440 write it, the first known series counts that is in it; where none is, the first number that it names.
 *
 * @param known the best choice first
 */
export function chooseSeries(version: string | undefined, known: readonly [string, ...string[]]): string {
  const [best] = known;
  if (version === undefined) return best;
  const range = toNpmRange(version);
  const numbers = /\d{1,4}(?:\.\d{1,4})*/.exec(version)?.[0].split('.');
  if (numbers === undefined) return best;
  const named = numbers.slice(0, best.split('.').length).join('.');
  if (/^\d+(?:\.\d+)*$/.test(range)) return named;
  // The newest one of a series is what its image has.
  return known.find((series) => satisfies(`${series}${series.includes('.') ? '' : '.999'}.999`, range)) ?? named;
}

function toNpmRange(version: string): string {
  return (
    version
      .slice(0, 200)
      .trim()
      .replace(/^(?:v|python-|ruby-|php-)(?=\d)/i, '')
      .replaceAll(',', ' ')
      .replaceAll(/\|{1,2}/g, ' || ')
      // Bundler and PEP 440: the last number that is given may grow.
      .replaceAll(/~[>=] *(\d+\.\d+\.\d+)/g, '~$1')
      .replaceAll(/~[>=] *(\d+\.\d+)/g, '^$1')
      .replaceAll(/={2,3} */g, '=')
      .replaceAll(/!= *[\d.*]+/g, '')
      .trim()
  );
}
