import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { startProgress } from '../start-progress.ts';
import { addCommonOptions, addExamples, addRepositoryOptions, type CommonFlags, type RepositoryFlags } from './add-options.ts';

export interface AnalyzeFlags extends CommonFlags, RepositoryFlags {
  readonly root?: string;
  readonly format: 'table' | 'json';
}

export function addAnalyzeCommand(program: Command, context: CliContext): void {
  const command = program
    .command('analyze')
    .summary('work out how an application is built and run')
    .description(
      'Works out from the files of a repository how its application is built and run: language, framework, commands, port, environment variables and the servers that it wants, each with the file that says so. Nothing of the repository is run. What cannot be decided is reported, not guessed.',
    )
    .argument('[folder]', 'analyse the files of this folder as they lie there, instead of a commit');
  addRepositoryOptions(command)
    .optionsGroup('Options:')
    .option('--root <folder>', 'folder of the application in the repository (default: found)')
    .addOption(new Option('--format <format>', 'how to write the result').choices(['table', 'json']).default('table'));
  addCommonOptions(command);
  addExamples(command, [
    ['deployguard analyze', 'the last commit of this repository'],
    ['deployguard analyze ./shop', 'a folder, committed or not'],
    ['deployguard analyze --url https://example.org/shop.git --format json', 'for a program'],
    ['deployguard analyze --root apps/web', 'one application of several'],
  ]);
  command.action(async (folder: string | undefined, flags: AnalyzeFlags) => {
    const progress = startProgress(flags, context);
    const { runAnalyze } = await import('../analyze/run-analyze.ts');
    context.exitCode = await runAnalyze(folder, flags, context, progress);
  });
}
