import { text } from 'node:stream/consumers';
import type { CommonFlags } from '../commands/add-options.ts';
import type { ScanFlags } from '../commands/scan.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { runScan } from '../scan/run-scan.ts';
import { type OpenSource, openSource } from '../source/open-source.ts';
import { createProgress } from '../terminal/progress.ts';
import { choosePushedScope, chooseStagedScope } from './choose-hook-scope.ts';
import type { HookName } from './hook-names.ts';
import { parsePushedRefs } from './parse-pushed-refs.ts';

/** What an installed hook does; git runs it at the top of the work tree. Silent unless there is something to stop for. */
export async function runHook(
  hook: HookName,
  hookArguments: readonly string[],
  flags: CommonFlags,
  context: CliContext,
): Promise<ExitCode> {
  const scanFlags: ScanFlags = { ...flags, quiet: true, format: 'table' };
  const progress = createProgress(context.stderr, { isQuiet: true });
  const open = async (): Promise<OpenSource> => await openSource(scanFlags, context, progress);
  let exitCode: ExitCode;
  if (hook === 'pre-commit') {
    const staged = { ...scanFlags, staged: true };
    exitCode = await runScan(open(), staged, context, progress, (source) => chooseStagedScope(source, context.environment));
  } else {
    const pushed = parsePushedRefs(await text(context.stdin)).filter(({ isDeletion }) => !isDeletion);
    if (pushed.length === 0) return exitCodes.clean;
    exitCode = await runScan(open(), scanFlags, context, progress, (source) => choosePushedScope(source, pushed, hookArguments[0]));
  }
  if (exitCode === exitCodes.findings) await context.stderr.write(explainStop(hook, context));
  return exitCode;
}

function explainStop(hook: HookName, { stderr }: CliContext): string {
  const [what, instead] =
    hook === 'pre-commit'
      ? ['Nothing was committed.', 'Take the secret out of the file, and stage the file again.']
      : [
          'Nothing was pushed.',
          'Take the secret out of the commits (git rebase --interactive, or deployguard clean), and revoke it if others may have seen it.',
        ];
  return [
    `\n${stderr.paint('red', `${stderr.symbols.cross} ${what}`)} ${instead}`,
    'If it is no secret: put deployguard:allow into a comment on its line, or allow it in .deployguard.toml. To skip this check once: --no-verify.',
    '',
  ].join('\n');
}
