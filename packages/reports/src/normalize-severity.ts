import type { CvssScore, ReportedSeverity, Severity } from '@deployguard/findings';
import { scoreCvssVector } from './score-cvss.ts';

/** Words that mean the same in every scanner. Others are mapped by their format, or unknown. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['crit', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['error', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['warning', 'medium'],
  ['warn', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['note', 'low'],
  ['negligible', 'info'],
  ['info', 'info'],
  ['information', 'info'],
  ['informational', 'info'],
  ['none', 'info'],
]);

/** What a word means that means the same in every scanner. */
export function findSeverity(word: string | undefined): Severity | undefined {
  return labels.get(word?.toLowerCase() ?? '');
}

/** From the scanner's word, else from the best CVSS score, else unknown. */
export function normalizeSeverity(original: string | undefined, label: Severity | undefined, cvss: readonly CvssScore[]): ReportedSeverity {
  const own = label ?? findSeverity(original);
  if (own !== undefined) return original === undefined ? { label: own, source: 'tool' } : { label: own, original, source: 'tool' };
  const words = original === undefined ? {} : { original };
  const score = findScore(cvss);
  if (score !== undefined) return { label: rateScore(score), ...words, source: 'cvss' };
  return { label: 'unknown', ...words, source: 'none' };
}

/** Of the newest version of CVSS that is there; where the report has only a vector, what it scores. */
function findScore(cvss: readonly CvssScore[]): number | undefined {
  return cvss
    .map(({ version = '', score, vector }) => ({ version, score: score ?? scoreCvssVector(vector) }))
    .filter(({ score }) => score !== undefined)
    .toSorted((a, b) => b.version.localeCompare(a.version))[0]?.score;
}

/** Qualitative rating of https://www.first.org/cvss/v4-0/specification-document §6; 0 is "none". */
function rateScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}
