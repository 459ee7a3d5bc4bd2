import { extname } from 'node:path';
import { createDetector, type Detector, type DetectorOptions } from '../../detect/detector.ts';
import { settleMatches } from '../../detect/settle-matches.ts';
import type { Matcher, MatcherSource } from './matcher.ts';

/** This file; compiled, its code may stand in another one that it shares with others. */
const moduleUrl = new URL(`./detector-matcher${extname(import.meta.filename)}`, import.meta.url).href;

/** Searching for secrets, as something that threads can build. */
export function describeDetector(options: DetectorOptions = {}): MatcherSource {
  return { module: moduleUrl, create: createDetectorMatcher.name, options };
}

export function createDetectorMatcher(options: DetectorOptions): Matcher {
  return toMatcher(createDetector(options));
}

export function toMatcher(detector: Detector): Matcher {
  return { ...detector, settle: settleMatches };
}
