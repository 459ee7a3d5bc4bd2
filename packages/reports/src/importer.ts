// What `loadImporter` gives.
export { importFindings } from './importers/phoenix/import-findings.ts';
export { PhoenixError } from './importers/phoenix/phoenix-error.ts';
export { translateReport } from './importers/phoenix/translate-report.ts';
