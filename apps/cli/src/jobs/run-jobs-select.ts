import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { JobsSelectFlags } from '../commands/jobs/select.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatItems } from '../terminal/format-quantity.ts';

export async function runJobsSelect(id: string, flags: JobsSelectFlags, context: CliContext): Promise<ExitCode> {
  const { secret, all, minSeverity, falsePositive = [] } = flags;
  if (minSeverity !== undefined && !all) throw new CliError('USAGE', '--min-severity belongs to --all.');
  if (secret === undefined && !all && falsePositive.length === 0) {
    throw new CliError('NOTHING_SELECTED', 'Nothing is chosen. Name secrets with --secret, or take --all.');
  }
  const client = await openClient(flags, context);
  // However many they are: the service knows which.
  const chosen = all ? { filter: minSeverity === undefined ? {} : { min_severity: minSeverity } } : { secret_ids: [...new Set(secret)] };
  const answer = await client.call(operations.selectJobSecrets, {
    params: { id },
    body: { ...chosen, mark_false_positives: [...new Set(falsePositive)] },
  });
  const marked = answer.false_positives === 0 ? '' : ` ${formatItems(answer.false_positives, 'false alarm')} marked.`;
  await printAnswer(answer, flags, context, () => `${formatItems(answer.selected, 'secret')} selected.${marked}\n`);
  return exitCodes.clean;
}
