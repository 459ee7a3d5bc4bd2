import { basename, dirname, join, resolve } from 'node:path';

/**
 * What a cleaning leaves behind, side by side:
 *
 * ```
 * app.cleaned.git/          the bare repository
 * app.cleaned.proof.json    the signed proof: a DSSE envelope
 * app.cleaned.maps/         commit-map, object-map, ref-map, first-changed-commits
 * app.cleaned.aftercare.md  what is left to do at the host and in other clones
 * ```
 *
 * The proof is written last, so a directory without one is unfinished.
 */
export interface CleanedLayout {
  readonly repository: string;
  readonly proof: string;
  readonly maps: string;
  readonly aftercare: string;
}

/** The layout around a cleaned repository, whatever it is called. Only what `clean` calls so by itself loses its ending: `mine` may stand beside `mine.git`. */
export function cleanedLayoutAt(repository: string): CleanedLayout {
  const stem = resolve(repository).replace(/(\.cleaned(?:-\d+)?)\.git$/, '$1');
  return { repository: resolve(repository), proof: `${stem}.proof.json`, maps: `${stem}.maps`, aftercare: `${stem}.aftercare.md` };
}

/** Where `clean` delivers when it is not told: beside the source. `number` counts from 1 and shows from 2 (`app.cleaned-2.git`). */
export function defaultCleanedPath(source: string, number = 1): string {
  const { directory, stem } = splitSource(source);
  return join(directory, `${stem}.cleaned${number === 1 ? '' : `-${number}`}.git`);
}

/** The number of a default path among the cleaned results of `source`; `undefined` for any other name. */
export function findCleanedNumber(source: string, name: string): number | undefined {
  const start = `${splitSource(source).stem}.cleaned`;
  const match = name.startsWith(start) ? /^(?:-([2-9]|[1-9]\d+))?\.git$/.exec(name.slice(start.length)) : null;
  return match ? Number(match[1] ?? 1) : undefined;
}

/** `app`, `app/` and `app/.git` are all called `app`; `app.git` and `app.bundle`, which often lie beside it, keep their endings. */
function splitSource(source: string): { directory: string; stem: string } {
  const path = resolve(source).replace(/\/\.git$/, '');
  return { directory: dirname(path), stem: basename(path) };
}
