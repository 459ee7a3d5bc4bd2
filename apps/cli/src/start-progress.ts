import type { CommonFlags, RepositoryFlags } from './commands/add-options.ts';
import type { CliContext } from './context.ts';
import { createProgress, type Progress } from './terminal/progress.ts';

/** Shows a first sign of life before anything large is imported. */
export function startProgress(flags: CommonFlags & RepositoryFlags, { stderr }: CliContext): Progress {
  const progress = createProgress(stderr, { isQuiet: flags.quiet ?? false });
  progress.update({ label: flags.url === undefined ? 'Opening the repository' : 'Connecting', done: 0, total: 0 });
  return progress;
}
