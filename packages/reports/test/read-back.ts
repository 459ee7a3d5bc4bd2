import assert from 'node:assert/strict';
import type { ReportedFinding } from '@deployguard/findings';
import { openAccount } from '../src/report-account.ts';
import { readReport } from '../src/read-report.ts';
import { holdReport } from '../src/reading/report-bytes.ts';
import { recognizeReport } from '../src/recognize.ts';

/** The findings of a report, of which nothing may be lost. */
export async function readBack(text: string): Promise<ReportedFinding[]> {
  const recognition = await recognizeReport(holdReport(Buffer.from(text)));
  assert.ok(recognition.outcome === 'recognized', JSON.stringify(recognition));
  const account = openAccount();
  const findings: ReportedFinding[] = [];
  for await (const batch of readReport(holdReport(Buffer.from(text)), recognition, account)) findings.push(...batch);
  assert.deepEqual([account.lost, account.damage], [{}, undefined]);
  return findings;
}
