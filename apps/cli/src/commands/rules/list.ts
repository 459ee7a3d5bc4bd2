import { severities, type Severity } from '@deployguard/findings';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addExamples, type CommonFlags } from '../add-options.ts';

export interface RulesListFlags extends CommonFlags {
  readonly provider?: string;
  readonly minSeverity?: Severity;
  readonly format: 'table' | 'json';
}

export function addRulesListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('list')
    .summary('list the rules, by provider')
    .description('List the rules, by provider.')
    .argument('[text]', 'only rules whose id, title or provider holds this')
    .option('--provider <name>', 'only rules of this provider')
    .addOption(new Option('--min-severity <severity>', 'leave out lesser rules').choices(severities))
    .addOption(new Option('--format <format>', 'how to write the list').choices(['table', 'json']).default('table'));
  addCommonOptions(command);
  addExamples(command, [
    ['deployguard rules list aws', 'what is known of a provider'],
    ['deployguard rules list --min-severity critical', 'what matters most'],
  ]);
  command.action(async (text: string | undefined, flags: RulesListFlags) => {
    const { runRulesList } = await import('../../rules/run-rules-list.ts');
    context.exitCode = await runRulesList(text, flags, context);
  });
}
