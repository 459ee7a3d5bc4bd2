import type { Format, JsonVariant } from './formats/format.ts';
import { formats } from './formats/registry.ts';
import { outlineJson } from './reading/outline-json.ts';
import type { JsonOutline } from './reading/outline-json.ts';
import type { ReportBytes } from './reading/report-bytes.ts';

/** What a report was recognised as. */
export type Recognition =
  | { readonly outcome: 'recognized'; readonly format: Format; readonly variant: JsonVariant }
  /** It fits several scanners: `candidates` are their ids. */
  | { readonly outcome: 'ambiguous'; readonly candidates: readonly string[] }
  /** It holds nothing by which it could be told; many scanners write that when they found nothing. */
  | { readonly outcome: 'empty' }
  | { readonly outcome: 'unknown' };

/**
 * Whose report it is, by what is in it; names of files play no part.
 *
 * `only` are the formats that come into question, such as the one that the user named.
 */
export async function recognizeReport(source: ReportBytes, only: readonly Format[] = formats): Promise<Recognition> {
  if (source.byteLength === 0) return { outcome: 'empty' };
  const beginning = await outlineJson(source, 'beginning');
  const first = choose(beginning, only);
  if (first.outcome !== 'unknown' || beginning === undefined) return first;
  return choose(await outlineJson(source, 'whole'), only);
}

function choose(outline: JsonOutline | undefined, only: readonly Format[]): Recognition {
  if (outline === undefined) return { outcome: 'unknown' };
  const fitting = only.flatMap((format) =>
    format.variants.filter((variant) => variant.recognises(outline)).map((variant) => ({ format, variant })),
  );
  const own = fitting.filter(({ variant }) => !variant.isShared);
  const candidates = own.length > 0 ? own : fitting;
  const [best] = candidates;
  if (best === undefined) return { outcome: isEmpty(outline) ? 'empty' : 'unknown' };
  const ids = [...new Set(candidates.map(({ format }) => format.id))];
  return ids.length > 1 ? { outcome: 'ambiguous', candidates: ids } : { outcome: 'recognized', ...best };
}

/** `[]`, `{}`, `null`, `{"results": []}`. */
function isEmpty(outline: JsonOutline): boolean {
  return outline.isWhole && !outline.has('$[]') && !outline.has('${}[]') && !outline.has('${}{}') && outline.texts('${}').length === 0;
}
