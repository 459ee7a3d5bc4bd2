import { operations } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { JobsSecretsFlags } from '../commands/jobs/secrets.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { secretColumns } from './render-job.ts';

export async function runJobsSecrets(id: string, flags: JobsSecretsFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const filter = {
    ...(flags.type !== undefined && { secret_type: flags.type }),
    ...(flags.path !== undefined && { file_path: flags.path }),
    ...(flags.selected && { selected: true }),
    ...(flags.falsePositives && { false_positive: true }),
  };
  const secrets = await listAll(flags, (page) => client.call(operations.listJobSecrets, { params: { id }, query: { ...page, ...filter } }));
  await printList(secrets, secretColumns, flags, context);
  return exitCodes.clean;
}
