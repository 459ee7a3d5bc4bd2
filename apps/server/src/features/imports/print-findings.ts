import { extname } from 'node:path';
import type { ReportedFinding } from '@deployguard/findings';
import { findClues } from '@deployguard/findings/review';
import type { DuplicateClues } from '@deployguard/findings/review';
import type { Consumer } from '@deployguard/reports';
import { describeAsset, printFindingRow } from './print-finding-row.ts';

/** Of some findings what is stored, and what tells which of all findings mean the same problem. */
export interface PrintedFindings {
  readonly rows: string;
  readonly clues: readonly DuplicateClues[];
  /** Each once; an empty name for findings without one. */
  readonly assets: readonly string[];
}

export function printFindings(findings: readonly ReportedFinding[]): PrintedFindings {
  return {
    rows: findings.map(printFindingRow).join(''),
    clues: findings.map(findClues),
    assets: [...new Set(findings.map((finding) => describeAsset(finding) ?? ''))],
  };
}

export const findingPrinter: Consumer<PrintedFindings> = {
  consume: printFindings,
  thread: new URL(`./print-findings-thread${extname(import.meta.filename)}`, import.meta.url),
};
