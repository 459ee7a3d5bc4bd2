import { parseBaseline, printBaseline, triageFinding } from '@deployguard/findings/review';
import { CliError } from '../cli-error.ts';
import type { ReportTriageFlags } from '../commands/report/triage.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { readInputFile } from '../source/read-input-file.ts';
import { writeOutput } from '../terminal/write-output.ts';

export async function runReportTriage(file: string, fingerprint: string, flags: ReportTriageFlags, context: CliContext): Promise<ExitCode> {
  const { as: decision, owner, reason, until } = flags;
  const { path, content } = readInputFile(file, context);
  const baseline = parseBaseline(content.toString('utf8'), path);
  if (decision !== 'open' && (owner === undefined || reason === undefined))
    throw new CliError('USAGE', 'A decision needs --owner and --reason.');
  if (until !== undefined && decision !== 'accepted') throw new CliError('USAGE', '--until belongs to --as accepted.');
  const triage = decision === 'open' ? undefined : { decision, owner: owner!, reason: reason!, ...(until !== undefined && { until }) };
  await writeOutput([printBaseline(triageFinding(baseline, fingerprint, triage))], context.stdout, path);
  return exitCodes.clean;
}
