import { extname } from 'node:path';
import type { Detector, DetectorOptions } from '../../detect/detector.ts';
import { loadDetector } from '../../detect/load-detector.ts';
import { settleMatches } from '../../detect/settle-matches.ts';
import type { Matcher, MatcherSource } from './matcher.ts';

/** This file; compiled, its code may stand in another one that it shares with others. */
const moduleUrl = new URL(`./detector-matcher${extname(import.meta.filename)}`, import.meta.url).href;

/** Searching for secrets, as something that threads can build. */
export function describeDetector(options: DetectorOptions = {}): MatcherSource {
  return { module: moduleUrl, create: createDetectorMatcher.name, options };
}

export async function createDetectorMatcher(options: DetectorOptions): Promise<Matcher> {
  return toMatcher(await loadDetector(options));
}

export function toMatcher(detector: Detector): Matcher {
  return { ...detector, settle: settleMatches };
}
