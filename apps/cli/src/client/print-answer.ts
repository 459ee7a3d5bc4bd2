import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type Column, renderTable } from '../terminal/render-table.ts';

/** What the service answered: as it came for programs, else as the command shows it. */
export async function printAnswer(
  answer: unknown,
  flags: Pick<ServerFlags, 'json'>,
  { stdout }: CliContext,
  render: () => string,
): Promise<void> {
  await stdout.write(flags.json ? `${JSON.stringify(answer, undefined, 2)}\n` : render());
}

/** A list: an array for programs, else a table; says when there is more. */
export async function printList<Row>(
  { items, hasMore }: { readonly items: readonly Row[]; readonly hasMore: boolean },
  columns: readonly Column<Row>[],
  flags: Pick<ServerFlags, 'json' | 'quiet'>,
  context: CliContext,
): Promise<void> {
  const { stdout, stderr } = context;
  await printAnswer(items, flags, context, () => (items.length === 0 ? '' : renderTable(columns, items, stdout)));
  if (flags.quiet) return;
  if (items.length === 0 && !flags.json) await stderr.write('There is nothing to show.\n');
  if (hasMore) await stderr.write('There is more: --all shows it.\n');
}
