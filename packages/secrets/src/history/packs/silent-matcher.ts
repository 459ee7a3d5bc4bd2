import { extname } from 'node:path';
import type { Matcher, MatcherSource } from './matcher.ts';

/** For traversals that only note what objects lead to. */
export const silentMatcher: MatcherSource = {
  // This file; compiled, its code may stand in another one that it shares with others.
  module: new URL(`./silent-matcher${extname(import.meta.filename)}`, import.meta.url).href,
  create: 'createSilentMatcher',
  options: undefined,
};

export function createSilentMatcher(): Matcher {
  return { anchors: [], verify: () => undefined, settle: () => [], isWrapped: () => false, scan: () => [], visit: () => undefined };
}
