import type { Coverage } from '@deployguard/secrets';
import type { ScanFlags } from '../commands/scan.ts';
import type { CliContext } from '../context.ts';

/**
 * A part of the repository that holds nothing is no error, since a pipeline runs for branches without commits of their own, too; but it must
 * not look like a clean one.
 */
export async function warnOfEmptyScope({ objects }: Coverage, flags: ScanFlags, { stderr }: CliContext): Promise<void> {
  if (Object.values(objects).some(({ scanned }) => scanned > 0)) return;
  await stderr.write(`${stderr.paint('yellow', 'warning:')} Nothing to scan: ${describeEmptyScope(flags)}\n`);
}

function describeEmptyScope({ since, range, staged }: ScanFlags): string {
  if (since !== undefined) return `no commit since ${since}.`;
  if (range !== undefined) return `no commit in ${range}.`;
  return staged ? 'nothing is staged.' : 'the work tree holds no file.';
}
