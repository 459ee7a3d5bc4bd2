import type { Format, Variant } from './formats/format.ts';
import { formats } from './formats/registry.ts';
import { findLaterStarts, readFrom } from './reading/find-later-starts.ts';
import type { JsonNesting } from './reading/json-layout.ts';
import { outlineCsv } from './reading/outline-csv.ts';
import { outlineJson } from './reading/outline-json.ts';
import type { JsonOutline } from './reading/outline-json.ts';
import { outlineText } from './reading/outline-text.ts';
import { outlineXml } from './reading/outline-xml.ts';
import type { XmlOutline } from './reading/outline-xml.ts';
import type { ReportBytes } from './reading/report-bytes.ts';

/** What a report was recognised as. */
export type Recognition =
  | {
      readonly outcome: 'recognized';
      readonly format: Format;
      readonly variant: Variant;
      /** Where another program has made a list of what the scanner writes, or taken its list apart. */
      readonly nesting?: JsonNesting;
      /** Where another program has taken out the list that it is (`jq .results`): `$.results`. */
      readonly list?: string;
      /** Where it begins, in bytes, behind lines that are none of it. */
      readonly start?: number;
      /** What each file of an archive is; those that are recognised are all of the format. */
      readonly members?: readonly Recognition[];
    }
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
  if (source.members) return recognizeArchive(source.members, only);
  if (source.byteLength === 0) return { outcome: 'empty' };
  const marked = await recognizeMarked(source, only);
  if (marked) return marked;
  const table = await outlineCsv(source);
  const text = await outlineText(source);
  const chosen = choose(only, (variant) => {
    if (variant.form === 'csv') return variant.recognises(table);
    return variant.form === 'text' && variant.recognises(text);
  });
  return chosen.outcome === 'unknown' ? recognizeLater(source, only) : chosen;
}

/** Undefined when it is neither XML nor JSON. */
async function recognizeMarked(source: ReportBytes, only: readonly Format[]): Promise<Recognition | undefined> {
  return (await readStart(source)) === '<' ? recognizeXml(source, only) : recognizeJson(source, only);
}

/** XML or JSON behind lines that are none of it. */
async function recognizeLater(source: ReportBytes, only: readonly Format[]): Promise<Recognition> {
  for (const start of await findLaterStarts(source)) {
    const recognition = await recognizeMarked(readFrom(source, start), only);
    if (recognition?.outcome === 'recognized') return { ...recognition, start };
  }
  return { outcome: 'unknown' };
}

/** Files that are no reports may lie beside them; reports of several scanners are told from one. */
async function recognizeArchive(files: readonly ReportBytes[], only: readonly Format[]): Promise<Recognition> {
  const members: Recognition[] = [];
  for (const file of files) members.push(await recognizeReport(file, only));
  const ids = new Set(members.flatMap(listCandidates));
  const recognized = members.find((member) => member.outcome === 'recognized');
  if (recognized && ids.size === 1) return { ...recognized, members };
  if (ids.size > 0) return { outcome: 'ambiguous', candidates: [...ids] };
  return { outcome: members.every(({ outcome }) => outcome === 'empty') ? 'empty' : 'unknown' };
}

function listCandidates(recognition: Recognition): readonly string[] {
  if (recognition.outcome === 'recognized') return [recognition.format.id];
  return recognition.outcome === 'ambiguous' ? recognition.candidates : [];
}

/** Undefined when it is no XML. */
async function recognizeXml(source: ReportBytes, only: readonly Format[]): Promise<Recognition | undefined> {
  const beginning = await outlineXml(source, 'beginning');
  if (beginning === undefined) return undefined;
  const first = chooseXml(only, beginning);
  if (first.outcome !== 'unknown' || beginning.isWhole) return first;
  const whole = await outlineXml(source, 'whole');
  return whole ? chooseXml(only, whole) : first;
}

function chooseXml(only: readonly Format[], outline: XmlOutline): Recognition {
  return choose(only, (variant) => variant.form === 'xml' && variant.recognises(outline));
}

/** Undefined when it is no JSON. */
async function recognizeJson(source: ReportBytes, only: readonly Format[]): Promise<Recognition | undefined> {
  const beginning = await outlineJson(source, 'beginning');
  if (beginning === undefined) return undefined;
  const first = chooseJson(only, beginning);
  if (first.outcome !== 'unknown' || beginning.isWhole) return chooseNested(only, beginning, first);
  const whole = await outlineJson(source, 'whole');
  return whole ? chooseNested(only, whole, chooseJson(only, whole)) : first;
}

/** What is no scanner's as it stands may be one's that another program has put into a list, or taken out of one. */
function chooseNested(only: readonly Format[], outline: JsonOutline, asItStands: Recognition): Recognition {
  if (asItStands.outcome !== 'unknown') return asItStands;
  for (const nesting of ['listed', 'unlisted'] as const) {
    const nested = outline.nest(nesting);
    const chosen = nested && choose(only, (variant) => variant.form === 'json' && variant.recognises(nested));
    if (chosen?.outcome === 'recognized') return { ...chosen, nesting };
    if (chosen?.outcome === 'ambiguous') return chosen;
  }
  return chooseTaken(only, outline);
}

/** A list may be one that another program has taken out of a report; its items have to tell, for a list alone is anyone's. */
function chooseTaken(only: readonly Format[], outline: JsonOutline): Recognition {
  const chosen = choose(only, (variant) => findTaken(variant, outline) !== undefined);
  const list = chosen.outcome === 'recognized' ? findTaken(chosen.variant, outline) : undefined;
  return chosen.outcome === 'recognized' && list !== undefined ? { ...chosen, list } : chosen;
}

function findTaken(variant: Variant, outline: JsonOutline): string | undefined {
  if (variant.form !== 'json' || !variant.isToldByEntries) return undefined;
  const lists = new Set(
    variant.layout.entries.map((path) => /^\$(?:\.[^.[{]+)+(?=\[\])/.exec(path)?.[0]).filter((path) => path !== undefined),
  );
  return [...lists].find((path) => {
    const [whole, empty] = [outline.putBack(path, 'as it is'), outline.putBack(path, 'empty')];
    return whole && empty && variant.recognises(whole) && !variant.recognises(empty);
  });
}

function chooseJson(only: readonly Format[], outline: JsonOutline): Recognition {
  const chosen = choose(only, (variant) => variant.form === 'json' && variant.recognises(outline));
  return chosen.outcome === 'unknown' && (isEmpty(outline) || isEmptyOf(only, outline)) ? { outcome: 'empty' } : chosen;
}

/** Who names the scanner is believed where its entries would stand in a list that is there and empty. */
function isEmptyOf([format, ...others]: readonly Format[], outline: JsonOutline): boolean {
  if (format === undefined || others.length > 0 || !outline.isWhole) return false;
  const paths = format.variants.flatMap(({ form, layout }) => (form === 'json' ? layout.entries : []));
  const lists = paths.filter((path) => path.includes('[]')).map((path) => path.slice(0, path.indexOf('[]')));
  return lists.some((path) => outline.hasList(path) && !outline.has(`${path}[]`));
}

function choose(only: readonly Format[], fits: (variant: Variant) => boolean): Recognition {
  const fitting = only.flatMap((format) => format.variants.filter(fits).map((variant) => ({ format, variant })));
  const own = fitting.filter(({ variant }) => !variant.isShared);
  const candidates = own.length > 0 ? own : fitting;
  const [best] = candidates;
  if (best === undefined) return { outcome: 'unknown' };
  const ids = [...new Set(candidates.map(({ format }) => format.id))];
  return ids.length > 1 ? { outcome: 'ambiguous', candidates: ids } : { outcome: 'recognized', ...best };
}

/** The first character that is no white space. */
async function readStart(source: ReportBytes): Promise<string | undefined> {
  const beginning = Buffer.alloc(4096);
  const count = await source.read(beginning, 0);
  return beginning.toString('utf8', 0, count).trimStart()[0];
}

/** `[]`, `{}`, `null`, `{"results": []}`. */
function isEmpty(outline: JsonOutline): boolean {
  return outline.isWhole && !outline.has('$[]') && !outline.has('${}[]') && !outline.has('${}{}') && outline.texts('${}').length === 0;
}
