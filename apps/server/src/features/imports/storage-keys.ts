/** Where the report of an upload lies, sealed: it may quote secrets. */
export function buildReportKey(importId: string): string {
  return `${reportKeys}${importId}/report`;
}

/** Below which all reports lie. */
export const reportKeys = 'uploads/';
