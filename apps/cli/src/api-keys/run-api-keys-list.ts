import { type ApiKey, operations } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ApiKeysListFlags } from '../commands/api-keys/list.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';

export async function runApiKeysList(flags: ApiKeysListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const keys = await listAll(flags, (query) => client.call(operations.listApiKeys, { query }));
  await printList(keys, columns, flags, context);
  return exitCodes.clean;
}

const columns: readonly Column<ApiKey>[] = [
  ['KEY', ({ id }) => id],
  ['NAME', ({ name }) => name],
  ['BEGINS', ({ prefix }) => prefix],
  ['SCOPES', ({ scopes }) => scopes.join(' ')],
  ['LAST USED', ({ last_used_at: at }) => at ?? 'never'],
  ['ENDS', ({ revoked_at: revoked, expires_at: end }) => (revoked === null ? (end ?? 'never') : `revoked ${revoked}`)],
];
