import { createDetector, type DetectorOptions } from '../../detect/detector.ts';
import { settleMatches } from '../../detect/settle-matches.ts';
import type { Matcher, MatcherSource } from './matcher.ts';

/** Searching for secrets, as something that threads can build. */
export function describeDetector(options: DetectorOptions = {}): MatcherSource {
  return { module: import.meta.url, create: createDetectorMatcher.name, options };
}

export function createDetectorMatcher(options: DetectorOptions): Matcher {
  return { ...createDetector(options), settle: settleMatches };
}
