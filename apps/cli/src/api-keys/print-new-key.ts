import type { ApiKeyWithSecret } from '@deployguard/contracts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';

/** The key alone on standard output, so that it can be piped on; what there is to know about it beside that. */
export async function printNewKey(made: ApiKeyWithSecret, flags: Pick<ServerFlags, 'json' | 'quiet'>, context: CliContext): Promise<void> {
  await printAnswer(made, flags, context, () => `${made.key}\n`);
  const { id, expires_at: end } = made.api_key;
  if (!flags.quiet)
    await context.stderr.write(
      `Keep it: it is not shown again. Its id is ${id}; it ${end === null ? 'does not expire' : `expires at ${end}`}.\n`,
    );
}
