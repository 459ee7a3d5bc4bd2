// The package's second door: what is done with findings once they are read. It stands apart because it needs more than types.
export { parseBaseline } from './baseline/parse-baseline.ts';
export { printBaseline } from './baseline/print-baseline.ts';
export type { Baseline, KnownFinding, Triage } from './baseline/baseline.ts';
export { FindingComparison } from './baseline/finding-comparison.ts';
export type { ComparedFinding, FindingChange } from './baseline/finding-comparison.ts';
export { triageFinding } from './baseline/triage-finding.ts';
export { deduplicateFindings } from './duplicates/deduplicate-findings.ts';
export { findClues } from './duplicates/duplicate-clues.ts';
export type { DuplicateClues } from './duplicates/duplicate-clues.ts';
export { DuplicateFinder } from './duplicates/duplicate-finder.ts';
export { GateEvaluation } from './gate/gate-evaluation.ts';
export type { GateVerdict, Judgement, RuleVerdict } from './gate/gate-evaluation.ts';
export type { GatePolicy, GateRule, Waiver } from './gate/gate-policy.ts';
export { parseGatePolicy } from './gate/parse-gate-policy.ts';
export { ReviewError } from './review-error.ts';
