import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addExamples, type CommonFlags } from '../add-options.ts';

export interface RulesShowFlags extends CommonFlags {
  readonly format: 'text' | 'json';
}

export function addRulesShowCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('show')
    .summary('show one rule and how to revoke what it finds')
    .description('Show one rule: what it recognises, where that is documented, and what to do when such a secret has leaked.')
    .argument('<rule-id>', 'id of the rule')
    .addOption(new Option('--format <format>', 'how to write it').choices(['text', 'json']).default('text'));
  addCommonOptions(command);
  addExamples(command, [['deployguard rules show github-personal-access-token', 'after a token of GitHub was found']]);
  command.action(async (id: string, flags: RulesShowFlags) => {
    const { runRulesShow } = await import('../../rules/run-rules-show.ts');
    context.exitCode = await runRulesShow(id, flags, context);
  });
}
