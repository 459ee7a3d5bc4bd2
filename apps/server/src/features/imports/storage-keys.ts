import { randomUUID } from 'node:crypto';

/** Where the report of an upload lies, sealed: it may quote secrets. */
export function buildReportKey(importId: string): string {
  return `${reportKeys}${importId}/report`;
}

/** Where all of a report lies that was uploaded in parts. */
export function buildReportFolder(uploadId: string): string {
  return `${reportKeys}${uploadId}/`;
}

/** Another one each time: who reads a part is not disturbed by who sends it again. */
export function buildPartKey(uploadId: string, number: number): string {
  return `${buildReportFolder(uploadId)}${number}-${randomUUID()}`;
}

/** Below which all reports lie. */
export const reportKeys = 'uploads/';
