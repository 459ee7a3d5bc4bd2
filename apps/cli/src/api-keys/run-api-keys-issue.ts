import { issueApiKey } from '@deployguard/server';
import type { ApiKeysIssueFlags } from '../commands/api-keys/issue.ts';
import type { CliContext } from '../context.ts';
import { assertUpgraded } from '../db/assert-upgraded.ts';
import { withDatabaseTools } from '../db/open-tools.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { printNewKey } from './print-new-key.ts';

export async function runApiKeysIssue(flags: ApiKeysIssueFlags, context: CliContext): Promise<ExitCode> {
  const { user: userId, name, scope, expiresInDays } = flags;
  const made = await withDatabaseTools(flags, context, async (tools) => {
    await assertUpgraded(tools);
    const body = { name, scopes: [...new Set(scope)], ...(expiresInDays !== undefined && { expires_in_days: expiresInDays }) };
    return issueApiKey(tools.database, userId, body);
  });
  await printNewKey(made, flags, context);
  return exitCodes.clean;
}
