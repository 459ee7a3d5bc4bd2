import type { DatabaseTools } from '@deployguard/server';
import { CliError } from '../cli-error.ts';

/** @throws {CliError} `DATABASE_NOT_UPGRADED` when tables of this version may be missing. */
export async function assertUpgraded({ history }: Pick<DatabaseTools, 'history'>): Promise<void> {
  if (!(await history()).some(({ state }) => state === 'pending')) return;
  throw new CliError('DATABASE_NOT_UPGRADED', 'The database lacks migrations of this version. Run `deployguard db upgrade` first.');
}
