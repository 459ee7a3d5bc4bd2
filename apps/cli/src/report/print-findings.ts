import { extname } from 'node:path';
import type { ReportedFinding } from '@deployguard/findings';
import { type Consumer, printJson } from '@deployguard/reports';
import type { ItemLines } from './spool-items.ts';

/** Findings as `jsonl` has them. */
export function printFindings(findings: readonly ReportedFinding[]): ItemLines {
  let text = '';
  for (const finding of findings) text += `${printJson(finding)}\n`;
  return { text, count: findings.length };
}

export const findingPrinter: Consumer<ItemLines> = {
  consume: printFindings,
  thread: new URL(`./print-findings-thread${extname(import.meta.filename)}`, import.meta.url),
};
