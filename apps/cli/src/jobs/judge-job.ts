import type { Job } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { describeNextStep, renderJob } from './render-job.ts';

/** Shows a job that rests, and what it means for who waited: done, secrets that wait for a decision, or a failure. */
export async function judgeJob(job: Job, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const { stdout, stderr } = context;
  await printAnswer(job, flags, context, () => renderJob(job, stdout));
  if (job.last_error !== null || ['failed', 'cancelled', 'expired'].includes(job.status)) {
    const reason = job.last_error === null ? `The job is ${job.status}.` : job.last_error.message;
    await stderr.write(`${stderr.paint('red', 'error:')} ${neutralizeText(reason)}\n`);
    return exitCodes.refused;
  }
  const next = describeNextStep(job);
  if (next !== undefined && !flags.quiet && !flags.json) await stderr.write(`${next}\n`);
  return job.status === 'awaiting_selection' ? exitCodes.findings : exitCodes.clean;
}
