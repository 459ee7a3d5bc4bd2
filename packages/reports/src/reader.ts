// What `loadReader` gives.
export { findFormat, formats } from './formats/registry.ts';
export { openAccount, saysNothing } from './report-account.ts';
export { consumeReport, readReport } from './read-report.ts';
export { openReport } from './reading/open-report.ts';
export { ReportError } from './reading/report-error.ts';
export { recognizeReport } from './recognize.ts';
