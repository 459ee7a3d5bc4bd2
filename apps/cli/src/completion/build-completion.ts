import type { Command } from 'commander';
import type { Shell } from '../commands/completion.ts';
import { type CommandDescription, describeCommands } from '../reference/describe-commands.ts';
import { buildBashCompletion } from './bash.ts';
import { buildFishCompletion } from './fish.ts';
import { buildZshCompletion } from './zsh.ts';

const builders: Readonly<Record<Shell, (program: CommandDescription, ruleIds: readonly string[]) => string>> = {
  bash: buildBashCompletion,
  fish: buildFishCompletion,
  zsh: buildZshCompletion,
};

/** A completion script that holds the whole command tree and the ids of the rules, so that completing starts no program. */
export function buildCompletion(shell: Shell, program: Command, ruleIds: readonly string[]): string {
  return builders[shell](describeCommands(program), ruleIds);
}
