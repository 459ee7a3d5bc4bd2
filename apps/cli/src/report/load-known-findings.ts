import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FindingComparison, type KnownFinding, parseBaseline } from '@deployguard/findings/review';
import type { ReportFlags } from '../commands/report/add-report-options.ts';
import type { CliContext } from '../context.ts';
import { readInputFile } from '../source/read-input-file.ts';
import { mergeReportFiles } from './merge-report-files.ts';
import type { ReadFile } from './read-report-files.ts';

/** What is known of earlier: from a baseline, or from a report, whose findings are as old as it says. */
export async function loadKnownFindings(
  file: string,
  flags: ReportFlags,
  context: CliContext,
  read: ReadFile[],
): Promise<readonly KnownFinding[]> {
  if (await isBaseline(file, context)) {
    const { path, content } = readInputFile(file, context);
    return parseBaseline(content.toString('utf8'), path).findings;
  }
  await using findings = await mergeReportFiles([file], flags, context, read);
  const comparison = new FindingComparison([], new Date().toISOString());
  for await (const finding of findings) comparison.add(finding);
  return comparison.listKnown();
}

/** A report may be too large to be looked at whole. */
async function isBaseline(file: string, { workingDirectory }: CliContext): Promise<boolean> {
  try {
    await using handle = await open(resolve(workingDirectory, file));
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return /^\s*\{\s*"schemaVersion":\s*"findings-1"/.test(buffer.toString('latin1', 0, bytesRead));
  } catch {
    // Whoever reads it says why it cannot be read.
    return false;
  }
}
