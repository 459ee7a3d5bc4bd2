// The package's public surface; see the files beside it.
export { describePlace } from './describe-place.ts';
export type { Emitter } from './emitters/emitter.ts';
export { reportSchemaVersion } from './emitters/json.ts';
export { emitters, findEmitter } from './emitters/registry.ts';
export { escapeMarkup } from './escape-markup.ts';
export type { EmitterContext, FindingEmitter } from './finding-emitters/finding-emitter.ts';
export type { ImportLedger, LedgerEntry } from './importers/phoenix/import-ledger.ts';
export type { PhoenixErrorCode } from './importers/phoenix/phoenix-error.ts';
export type {
  AssetType,
  Clock,
  FileTranslation,
  FindingsImport,
  ImportEvent,
  ImportOutcome,
  ImportType,
  PhoenixConnection,
  PhoenixCredentials,
  PhoenixOptions,
  PhoenixTarget,
  TranslationEvent,
  TranslationOptions,
  TranslationOutcome,
} from './importers/phoenix/phoenix-import.ts';
export { loadImporter } from './load-importer.ts';
export { loadReader } from './load-reader.ts';
export { loadWriter } from './load-writer.ts';
export { neutralizeText } from './neutralize-text.ts';
export { printJson } from './print-json.ts';
export type { Consumer } from './read-report.ts';
export type { ReportAccount } from './report-account.ts';
export type { ReportBytes } from './reading/report-bytes.ts';
export type { ReportErrorCode } from './reading/report-error.ts';
export type { Recognition } from './recognize.ts';
export type { DroppedItem, Report, ReportCoverage, ReportRule, ReportSubject, ReportSummary, ReportTool } from './report.ts';
export { summarizeFindings } from './summarize-findings.ts';
