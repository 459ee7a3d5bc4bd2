import type { Deployment } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { exitCodeByErrorCode } from '../exit-code-by-error-code.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { createShownLines } from './shown-lines.ts';

/** Says how a deployment ended: the address where users find it, or why they do not, and what the application said last and was not shown yet. */
export async function judgeDeployment(
  deployment: Deployment,
  flags: ServerFlags,
  { stdout, stderr }: CliContext,
  shown = createShownLines(),
): Promise<ExitCode> {
  const { status, last_error: error, external_url: url } = deployment;
  if (flags.json) await stdout.write(`${JSON.stringify(deployment, undefined, 2)}\n`);
  if (status === 'EXPOSED' && error === null) {
    if (!flags.json) await stdout.write(`${url}\n`);
    return exitCodes.clean;
  }
  for (const line of shown.without(error?.logs ?? [])) await stderr.write(`  ${neutralizeText(line)}\n`);
  const reason = error?.message ?? `The deployment is ${status.toLowerCase().replaceAll('_', ' ')}.`;
  await stderr.write(`${stderr.paint('red', 'error:')} ${neutralizeLines(reason)}\n`);
  return exitCodeByErrorCode[error?.code ?? ''] ?? exitCodes.refused;
}

/** Some errors go on with lines that a program printed. */
export function neutralizeLines(text: string): string {
  return text.split('\n').map(neutralizeText).join('\n  ');
}
