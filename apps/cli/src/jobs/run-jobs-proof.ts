import { resolve } from 'node:path';
import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { JobsProofFlags } from '../commands/jobs/proof.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { writeOutput } from '../terminal/write-output.ts';

export async function runJobsProof(id: string, flags: JobsProofFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const proof = await client.call(operations.getJobProof, { params: { id } });
  const file = flags.output === undefined ? undefined : resolve(context.workingDirectory, flags.output);
  await writeOutput([`${JSON.stringify(proof, undefined, 2)}\n`], context.stdout, file);
  return exitCodes.clean;
}
