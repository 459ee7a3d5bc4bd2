import { resolve } from 'node:path';
import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { describeFailure } from '../client/describe-failure.ts';
import type { JobsReportFlags } from '../commands/jobs/report.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { writeOutput } from '../terminal/write-output.ts';

export async function runJobsReport(id: string, flags: JobsReportFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { body } = await client.open(operations.getJobReport, { params: { id }, query: { format: flags.format } });
  const file = flags.output === undefined ? undefined : resolve(context.workingDirectory, flags.output);
  await writeOutput(readText(body!, client.url), context.stdout, file);
  return exitCodes.clean;
}

async function* readText(body: AsyncIterable<Uint8Array>, server: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw describeFailure(error, server);
  }
}
