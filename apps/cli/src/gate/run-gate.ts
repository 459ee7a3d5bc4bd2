import { resolve } from 'node:path';
import { describeReportedPlace, type ReportedFinding, type Rereadable } from '@deployguard/findings';
import { FindingComparison, GateEvaluation, type GateVerdict, type Judgement, parseGatePolicy } from '@deployguard/findings/review';
import { printJson } from '@deployguard/reports';
import type { GateFlags } from '../commands/gate.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { loadKnownFindings } from '../report/load-known-findings.ts';
import { mergeReportFiles } from '../report/merge-report-files.ts';
import type { ReadFile } from '../report/read-report-files.ts';
import { spoolItems } from '../report/spool-items.ts';
import { tellAccounts } from '../report/tell-accounts.ts';
import { writeFindings } from '../report/write-findings.ts';
import { readInputFile } from '../source/read-input-file.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { describeVerdict, renderGate } from './render-gate.ts';

/** A finding that falls under a rule of the policy. */
export interface JudgedFinding {
  readonly finding: ReportedFinding;
  readonly judgement: Judgement;
}

export async function runGate(files: readonly string[], flags: GateFlags, context: CliContext): Promise<ExitCode> {
  const { path, content } = readInputFile(flags.policy, context);
  const now = new Date();
  const evaluation = new GateEvaluation(parseGatePolicy(content.toString('utf8'), path), now);
  const read: ReadFile[] = [];
  const known = flags.baseline === undefined ? undefined : await loadKnownFindings(flags.baseline, flags, context, read);
  const comparison = known && new FindingComparison(known, now.toISOString());
  await using findings = await mergeReportFiles(files, flags, context, read);
  await using judged = await spoolItems(judge(findings, evaluation, comparison));
  const verdict = evaluation.decide();
  await write(judged, verdict, flags, context);
  const account = await tellAccounts(read, flags.quiet, context);
  await context.stderr.write(`${describeVerdict(verdict, context.stderr)}\n`);
  return verdict.passed ? account : exitCodes.findings;
}

async function* judge(
  findings: AsyncIterable<ReportedFinding>,
  evaluation: GateEvaluation,
  comparison: FindingComparison | undefined,
): AsyncGenerator<readonly JudgedFinding[]> {
  for await (const finding of findings) {
    const judgement = evaluation.add(finding, comparison?.add(finding));
    if (judgement.outcome !== 'passed') yield [{ finding, judgement }];
  }
}

async function write(judged: Rereadable<JudgedFinding>, verdict: GateVerdict, flags: GateFlags, context: CliContext): Promise<void> {
  const { format, output } = flags;
  if (format === 'junit' || format === 'sarif')
    return writeFindings(excuse(judged), { format, ...(output !== undefined && { output }) }, context);
  const pieces = format === 'json' ? printGate(judged, verdict) : renderGate(judged, verdict, context.stdout);
  await writeOutput(pieces, context.stdout, output === undefined ? undefined : resolve(context.workingDirectory, output));
}

/** What the gate lets through despite a rule is suppressed for whoever reads on. */
function excuse(judged: Rereadable<JudgedFinding>): Rereadable<ReportedFinding> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const { finding, judgement } of judged) {
        const { outcome, reason } = judgement;
        if (outcome === 'forbidden') yield finding;
        else yield { ...finding, suppression: finding.suppression ?? { kind: 'accepted', ...(reason !== undefined && { reason }) } };
      }
    },
  };
}

async function* printGate(judged: Rereadable<JudgedFinding>, verdict: GateVerdict): AsyncGenerator<string> {
  yield `${printJson({ verdict }, 2).slice(0, -2)},\n  "findings": [`;
  let isFirst = true;
  for await (const { finding, judgement } of judged) {
    const place = describeReportedPlace(finding);
    yield `${isFirst ? '\n' : ',\n'}    ${printJson({ ...judgement, ...(place !== undefined && { place }), finding })}`;
    isFirst = false;
  }
  yield `${isFirst ? '' : '\n  '}]\n}\n`;
}
