import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { startProgress } from '../start-progress.ts';
import { addCommonOptions, addExamples, type CommonFlags } from './add-options.ts';

export interface ProveFlags extends CommonFlags {
  readonly repoPath?: string;
  readonly replaceText?: string;
  readonly publicKey?: string;
  readonly format: 'text' | 'json';
}

export function addProveCommand(program: Command, context: CliContext): void {
  const command = program
    .command('prove')
    .summary('check a cleaned repository and its proof')
    .description(
      'Checks the signature of the proof beside a cleaned repository and that the repository is the one it speaks of, with nothing put into it. With texts given, every object is also searched for them anew. Exits with 5 when it is not proven.',
    )
    .option('--repo-path <path>', 'cleaned repository, or the one it was made from (default: .)')
    .option('--replace-text <file>', 'texts that must not be in the repository, one a line, as for `clean`')
    .option('--public-key <file>', 'key in PEM that must have signed the proof (default: your own)')
    .addOption(new Option('--format <format>', 'how to write the result').choices(['text', 'json']).default('text'));
  addCommonOptions(command);
  addExamples(command, [
    ['deployguard prove', 'the newest result of the repository in this folder'],
    ['deployguard prove --repo-path app.cleaned.git', 'a result: signature, refs, objects and files'],
    ['deployguard prove --repo-path app.cleaned.git --replace-text known.txt', 'and search again'],
  ]);
  command.action(async (flags: ProveFlags) => {
    const progress = startProgress(flags, context);
    const { runProve } = await import('../prove/run-prove.ts');
    context.exitCode = await runProve(flags, context, progress);
  });
}
