import type { Rule } from '../rules/rule.ts';
import type { Try } from './build-anchors.ts';
import { startsBase64 } from './decode/base64.ts';
import { prepareAnchor, standsAt } from './find-anchors.ts';
import type { AnchorText } from './find-anchors.ts';
import { judgeMatch } from './judge-match.ts';
import { anchorRule, listMatchesAtAnchor } from './match-at-anchor.ts';
import type { AnchoredRule } from './match-at-anchor.ts';
import type { Match } from './match.ts';

/** Tries everything that belongs to an anchor, at an offset where it stands. */
export type VerifyAnchor = (content: Buffer, at: number, anchorIndex: number, matches: Match[]) => void;

/** `openPacked`: finds what packed content holds. */
export function createVerifier(
  rules: readonly Rule[],
  listTries: (anchorIndex: number) => readonly Try[],
  openPacked: (content: Buffer) => readonly Match[],
): VerifyAnchor {
  // Few rules ever meet their keyword: expressions are compiled when they do.
  const anchoredRules: (AnchoredRule | undefined)[] = [];
  const keywords = new Map<Try, AnchorText>();
  const weakerRules = findWeakerRules(rules);

  function tryRules({ ruleIndices }: Try, content: Buffer, at: number, matches: Match[]): void {
    for (const ruleIndex of ruleIndices) {
      const anchoredRule = (anchoredRules[ruleIndex] ??= anchorRule(rules[ruleIndex]!));
      for (const found of listMatchesAtAnchor(anchoredRule, content, at)) {
        const { start, end, secretStart, secretEnd, secret, encoding } = found;
        const dropped = judgeMatch(found);
        const encodings = encoding === undefined ? [] : [encoding];
        const place = { start, end, secretStart, secretEnd, secret, encodings };
        const weaker = dropped && weakerRules[ruleIndex];
        if (weaker !== undefined && judgeMatch({ ...found, rule: rules[weaker]! }) === undefined)
          matches.push({ ruleIndex: weaker, ...place });
        else matches.push({ ruleIndex, ...place, ...(dropped && { dropped }) });
      }
    }
  }

  function tryDecoded(own: Try, depth: number, content: Buffer, at: number, matches: Match[]): void {
    const step = own.steps[depth];
    if (!step && own.isPacked) {
      matches.push(...openPacked(content.subarray(at)));
      return;
    }
    if (!step) {
      let keyword = keywords.get(own);
      if (!keyword) keywords.set(own, (keyword = prepareAnchor(own.keyword)));
      if (standsAt(content, at, keyword)) tryRules(own, content, at, matches);
      return;
    }
    if ((own.isPacked && !startsBase64(content, at)) || !holdsNext(own, depth, content, at)) return;
    const decoded = step.decoder.decodeAround(content, at, step.form, step.before, step.after);
    const inner: Match[] = [];
    tryDecoded(own, depth + 1, decoded.content, decoded.at, inner);
    for (const match of inner) {
      const [start, end] = decoded.toOuter(match.start, match.end);
      // What has no escape in it is found without decoding. What is dropped is not worth explaining in a second spelling.
      if (match.dropped || end - start === match.end - match.start) continue;
      const [secretStart, secretEnd] = decoded.toOuter(match.secretStart, match.secretEnd);
      matches.push({ ...match, start, end, secretStart, secretEnd, encodings: [step.decoder.encoding, ...match.encodings] });
    }
  }

  /** Whether what the next step looks for really stands there: a form is only part of an encoded keyword, and decoding all around it costs. */
  function holdsNext({ steps, keyword }: Try, depth: number, content: Buffer, at: number): boolean {
    const { decoder, form } = steps[depth]!;
    const { text, fold } = steps[depth + 1]?.form ?? keyword;
    const decoded = decoder.decodeAround(content, at, form, 0, text.length);
    if (decoded.at < 0) return false;
    const found = decoded.content.toString('latin1', decoded.at, decoded.at + text.length);
    return (fold ? found.toLowerCase() : found) === text;
  }

  return (content, at, anchorIndex, matches) => {
    for (const own of listTries(anchorIndex)) {
      if (own.steps.length === 0) tryRules(own, content, at, matches);
      else tryDecoded(own, 0, content, at, matches);
    }
  };
}

/** By the index of a rule: that of the rule whose findings its dropped matches may be. */
function findWeakerRules(rules: readonly Rule[]): (number | undefined)[] {
  const indices = new Map(rules.map(({ id }, index) => [id, index]));
  return rules.map(({ weaker }) => (weaker === undefined ? undefined : indices.get(weaker)));
}
