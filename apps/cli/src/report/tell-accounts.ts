import { neutralizeText } from '@deployguard/reports';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { describeAccount } from './describe-account.ts';
import { isWhole, type ReadFile } from './read-report-files.ts';

/** Tells what became of the entries of each file, and that some could not be read. */
export async function tellAccounts(read: readonly ReadFile[], isQuiet: boolean | undefined, { stderr }: CliContext): Promise<ExitCode> {
  for (const file of read) if (!isQuiet || !isWhole(file)) await stderr.write(`${neutralizeText(describeAccount(file))}\n`);
  return read.every(isWhole) ? exitCodes.clean : exitCodes.refused;
}
