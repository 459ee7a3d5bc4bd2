import { randomBytes } from 'node:crypto';
import { neutralizeText } from '@deployguard/reports';
import { type Proof, proveRepository, type ProvenResult } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import { loadReplaceTexts } from '../clean/load-replace-texts.ts';
import type { ProveFlags } from '../commands/prove.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { choosePath } from '../source/choose-path.ts';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { formatBytes, formatItems } from '../terminal/format-quantity.ts';
import type { Progress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { checkDirectory } from './check-directory.ts';
import { describeRefusal } from './describe-refusal.ts';
import { findProven } from './find-proven.ts';
import { findTrustedKeys } from './find-trusted-keys.ts';

/**
 * Checks the proof beside a result: who signed it, and that the repository is still what it speaks of. With texts, searches everything anew.
 *
 * @throws {CliError} `NO_PROVEN_RESULT` with the reasons.
 */
export async function runProve(flags: ProveFlags, context: CliContext, progress: Progress): Promise<ExitCode> {
  const { stdout } = context;
  const path = choosePath(flags.repoPath, context);
  await using work = await createWorkDirectory();
  const { path: workDirectory } = work;
  try {
    const { result, refused } = await findProven(path, findTrustedKeys(flags.publicKey, context), workDirectory);
    if (!result) throw new CliError('NO_PROVEN_RESULT', describeRefusal(path, refused));
    await checkDirectory(result, workDirectory);
    const renewed =
      flags.replaceText === undefined ? undefined : await searchAgain(result, flags.replaceText, workDirectory, context, progress);
    progress.stop();
    const proof = renewed ?? result.proof;
    if (flags.format === 'json') await stdout.write(`${JSON.stringify(proof, undefined, 2)}\n`);
    else await stdout.write(renderProof(result, proof, stdout));
    return proof.verdict === 'proven' ? exitCodes.clean : exitCodes.refused;
  } finally {
    progress.stop();
  }
}

async function searchAgain(
  { layout, proof }: ProvenResult,
  replaceText: string,
  workDirectory: string,
  context: CliContext,
  progress: Progress,
): Promise<Proof> {
  return await proveRepository(layout.repository, {
    name: proof.repository.name,
    tool: { name: 'deployguard', version: context.version },
    now: new Date(),
    values: loadReplaceTexts(replaceText, randomBytes(32), context),
    workDirectory,
    onProgress: ({ done, total, bytes }) => progress.update({ label: 'Proving', done, total, bytes }),
    signal: context.signal,
  });
}

function renderProof({ layout }: ProvenResult, proof: Proof, terminal: Terminal): string {
  const { symbols, paint } = terminal;
  const isProven = proof.verdict === 'proven';
  const checks = proof.checks.map(
    ({ name, passed, details }) =>
      `  ${passed ? paint('green', symbols.check) : paint('red', symbols.cross)} ${name.padEnd(26)} ${paint('gray', neutralizeText(details))}`,
  );
  const bytes = Object.values(proof.searched.objects).reduce((sum, tally) => sum + tally.bytes, 0);
  const count = Object.values(proof.searched.objects).reduce((sum, tally) => sum + tally.count, 0);
  return [
    isProven ? paint('green', `${symbols.check} Proven.`) : paint('red', `${symbols.cross} Not proven.`),
    `  Result   ${layout.repository}`,
    `  Proof    ${layout.proof}, ${proof.createdAt}`,
    `  Searched ${formatItems(count, 'object')} (${formatBytes(bytes)}) for ${formatItems(proof.searched.values.length, 'value')} in ${proof.searched.forms.length} forms`,
    '',
    ...checks,
    '',
  ].join('\n');
}
