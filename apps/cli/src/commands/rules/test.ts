import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addDetectionOptions, addExamples, type CommonFlags, type DetectionFlags } from '../add-options.ts';

export interface RulesTestFlags extends CommonFlags, DetectionFlags {
  readonly show?: boolean;
}

export function addRulesTestCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('test')
    .summary('try the rules on a file or on standard input')
    .description(
      'Try the rules on a file or on standard input: what they recognise, and why they drop what they drop. Allow-lists, `deployguard:allow` and paths have no part in it. Exits with 1 when a secret is found.',
    )
    .argument('[file]', 'file to read; `-` is standard input, which ends with Ctrl-D', '-')
    .option('--show', 'print secrets in full');
  addDetectionOptions(command);
  addCommonOptions(command);
  addExamples(command, [
    ['deployguard rules test config.env', 'a file'],
    ['pbpaste | deployguard rules test', 'whatever comes in'],
  ]);
  command.action(async (file: string, flags: RulesTestFlags) => {
    const { runRulesTest } = await import('../../rules/run-rules-test.ts');
    context.exitCode = await runRulesTest(file, flags, context);
  });
}
