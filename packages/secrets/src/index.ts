export { buildBaseline, createBaselineSalt } from './configuration/baseline.ts';
export type { Baseline } from './configuration/baseline.ts';
export { ConfigurationError } from './configuration/configuration-error.ts';
export type { Configuration } from './configuration/configuration.ts';
export { configurationFileNames, findConfiguration } from './configuration/find-configuration.ts';
export { parseBaseline, parseConfiguration } from './configuration/load-parser.ts';
export type { Detector, DetectorOptions, Match } from './detect/detector.ts';
export { loadDetector } from './detect/load-detector.ts';
export { dropReasons, explainDrop } from './detect/drop-reason.ts';
export type { DropReason } from './detect/drop-reason.ts';
export { writeBundle, writeZip } from './deliver/write-archive.ts';
export type { DroppedFinding, SuppressReason } from './history/build-findings.ts';
export { describeSkipped } from './history/coverage.ts';
export type { Coverage, ObjectCoverage, Skipped } from './history/coverage.ts';
export { previewSecret } from './history/preview.ts';
export { ScanError } from './history/scan-error.ts';
export type { ScanErrorCode } from './history/scan-error.ts';
export { scanRepository } from './history/scan-repository.ts';
export type { ScanOptions, ScanProgress, ScanResult, ScanScope } from './history/scan-repository.ts';
export { yieldToSpecific } from './history/yield-to-specific.ts';
export { cleanedLayoutAt, defaultCleanedPath } from './proof/cleaned-layout.ts';
export type { CleanedLayout } from './proof/cleaned-layout.ts';
export type { RewriteFacts } from './proof/check-rewrite.ts';
export { findNewestProven, loadProven } from './proof/find-newest-proven.ts';
export type { FindProvenOptions, ProvenResult, RefusedResult } from './proof/find-newest-proven.ts';
export { listForeignFiles } from './proof/list-foreign-files.ts';
export type { ChangedRef, FoundPlace, MapFile, Proof, ProofCheck, ProvenRewrite } from './proof/proof.ts';
export { ProofError } from './proof/proof-error.ts';
export type { ProofErrorCode } from './proof/proof-error.ts';
export { provePushed } from './proof/prove-pushed.ts';
export type { ProvePushedOptions, PushedProof, RemoteRef } from './proof/prove-pushed.ts';
export { proveRepository } from './proof/prove-repository.ts';
export type { ProveOptions, ProveProgress, ValueToProve } from './proof/prove-options.ts';
export { loadEnvelope, saveProof } from './proof/save-proof.ts';
export { signProof, verifyProof } from './proof/sign-proof.ts';
export type { DsseEnvelope, ProofStatement } from './proof/sign-proof.ts';
export {
  createSigningKey,
  fingerprintOf,
  loadOrCreateSigningKey,
  parsePublicKey,
  parseSigningKey,
  toPrivatePem,
  toPublicPem,
} from './proof/signing-key.ts';
export type { SigningKey } from './proof/signing-key.ts';
export { ObjectMap } from './rewrite/object-map.ts';
export type { ObjectChange } from './rewrite/object-map.ts';
export { buildTemporaryPath, removeLeftOvers } from './rewrite/output-directory.ts';
export type { PathPattern } from './rewrite/path-pattern.ts';
export { defaultReplacement } from './rewrite/redact.ts';
export type { ValueReplacement } from './rewrite/redact.ts';
export { assertRewritable } from './rewrite/assert-rewritable.ts';
export { RewriteError } from './rewrite/rewrite-error.ts';
export type { RewriteErrorCode } from './rewrite/rewrite-error.ts';
export { rewritePhases, rewriteRepository } from './rewrite/rewrite-repository.ts';
export type { RewriteOptions, RewriteProgress } from './rewrite/rewrite-repository.ts';
export type { FirstChangedCommit, NameCollision, NotCleanable, ObjectIdList, RefChange, RewriteResult } from './rewrite/rewrite-result.ts';
export { listValueForms, minValueBytes } from './rewrite/value-forms.ts';
export type { ValueEncoding, ValueForm } from './rewrite/value-forms.ts';
export { buildAftercare } from './remediate/aftercare.ts';
export type { Aftercare, AftercareFacts, AftercareOptions, AftercareStep } from './remediate/aftercare.ts';
export { writeCommitMapParts } from './remediate/commit-map-parts.ts';
export { findHost } from './remediate/host.ts';
export type { Host } from './remediate/host.ts';
export { buildPreReceiveHook } from './remediate/pre-receive-hook.ts';
export { renderAftercare } from './remediate/render-aftercare.ts';
export { builtInRules } from './rules/registry.ts';
export type { Rotation, Rule, RuleExamples } from './rules/rule.ts';
export { SecretValue } from './secret-finding.ts';
export type { Carrier, Encodings, SecretFinding, SecretPlace } from './secret-finding.ts';
