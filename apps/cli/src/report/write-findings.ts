import { resolve } from 'node:path';
import type { ReportedFinding, Rereadable } from '@deployguard/findings';
import { loadWriter } from '@deployguard/reports';
import type { CliContext } from '../context.ts';
import { formatItems } from '../terminal/format-quantity.ts';
import { writeOutput } from '../terminal/write-output.ts';

export interface WritingChoice {
  readonly format: string;
  readonly output?: string;
}

/** Writes findings in a format, and tells how many it has no place for. */
export async function writeFindings(
  findings: Rereadable<ReportedFinding>,
  { format, output }: WritingChoice,
  { stdout, stderr, workingDirectory, version }: CliContext,
): Promise<void> {
  const { findFindingEmitter } = await loadWriter();
  const emitter = findFindingEmitter(format)!;
  let leftOut = 0;
  const held = {
    async *[Symbol.asyncIterator]() {
      leftOut = 0;
      for await (const finding of findings) {
        if (emitter.holds?.(finding) ?? true) yield finding;
        else leftOut++;
      }
    },
  };
  const about = { producer: { name: 'DeployGuard', version }, writtenAt: new Date().toISOString() };
  await writeOutput(emitter.emit(held, about), stdout, output === undefined ? undefined : resolve(workingDirectory, output));
  if (leftOut > 0) await stderr.write(`${formatItems(leftOut, 'finding')} left out: ${format} has no place for their kinds.\n`);
}
