import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addRulesListCommand } from './list.ts';
import { addRulesShowCommand } from './show.ts';
import { addRulesTestCommand } from './test.ts';

export function addRulesCommand(program: Command, context: CliContext): void {
  const command = program.command('rules').summary('list, show and try the rules').description('What DeployGuard recognises.');
  addRulesListCommand(command, context);
  addRulesShowCommand(command, context);
  addRulesTestCommand(command, context);
}
