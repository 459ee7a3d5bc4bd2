import { operations } from '@deployguard/contracts';
import { isAtLeast } from '@deployguard/findings';
import { CliError } from '../cli-error.ts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerClient } from '../client/server-client.ts';
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
  const chosen = all ? await listSerious(client, id, flags) : (secret ?? []);
  const answer = await client.call(operations.selectJobSecrets, {
    params: { id },
    body: { secret_ids: [...new Set(chosen)], mark_false_positives: [...new Set(falsePositive)] },
  });
  const marked = answer.false_positives === 0 ? '' : ` ${formatItems(answer.false_positives, 'false alarm')} marked.`;
  await printAnswer(answer, flags, context, () => `${formatItems(answer.selected, 'secret')} selected.${marked}\n`);
  return exitCodes.clean;
}

/** Ids of all that nobody calls a false alarm. */
async function listSerious(
  client: ServerClient,
  id: string,
  { minSeverity = 'info', falsePositive = [] }: JobsSelectFlags,
): Promise<string[]> {
  const { items } = await listAll({ limit: 1, all: true }, (page) =>
    client.call(operations.listJobSecrets, { params: { id }, query: page }),
  );
  const serious = items.filter(
    (item) => !item.is_false_positive && !falsePositive.includes(item.id) && isAtLeast(item.severity, minSeverity),
  );
  if (serious.length > 0) return serious.map((item) => item.id);
  throw new CliError('NOTHING_SELECTED', 'The job has no secret that this would choose.');
}
