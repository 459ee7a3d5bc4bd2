import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addApiKeysCreateCommand } from './create.ts';
import { addApiKeysIssueCommand } from './issue.ts';
import { addApiKeysListCommand } from './list.ts';
import { addApiKeysRevokeCommand } from './revoke.ts';
import { addApiKeysRotateCommand } from './rotate.ts';

export function addApiKeysCommand(program: Command, context: CliContext): void {
  const command = program
    .command('api-keys')
    .summary('make, rotate and revoke API keys')
    .description('API keys of a service: what programs, and `deployguard login`, sign in with.');
  addApiKeysCreateCommand(command, context);
  addApiKeysListCommand(command, context);
  addApiKeysRotateCommand(command, context);
  addApiKeysRevokeCommand(command, context);
  addApiKeysIssueCommand(command, context);
}
