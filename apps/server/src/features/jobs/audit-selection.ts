import type { BodyOf, operations } from '@deployguard/contracts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { digestSelection } from './digest-selection.ts';
import { listSelectedHashes, listSelectedIds } from './secret-queries.ts';

const idsPerEntry = 1000;
/** Where a filter selects more, it says which. */
const mostIds = 10_000;

/** Notes which secrets were selected. `selection` stands in the request to clean them as well. Many ids stand in entries that follow. */
export async function auditSelection(
  tx: Tx,
  jobId: string,
  { filter, mark_false_positives: falsePositives = [] }: BodyOf<typeof operations.selectJobSecrets>,
  { requester, counts }: { readonly requester: Requester; readonly counts: Readonly<Record<string, number>> },
): Promise<void> {
  const { except_ids: exceptIds = [], ...conditions } = filter ?? {};
  const selected = await listSelectedIds(tx, jobId, mostIds + 1);
  const lists = { secret_ids: selected.length > mostIds ? [] : selected, false_positive_ids: falsePositives, except_ids: exceptIds };
  const named = Object.entries(lists).filter(([, ids]) => ids.length > 0);
  const isShort = named.flatMap(([, ids]) => ids).length <= idsPerEntry;
  const details = { ...counts, selection: digestSelection(await listSelectedHashes(tx, jobId)), ...(filter && { filter: conditions }) };
  const note = (more: Readonly<Record<string, unknown>>) =>
    appendAudit(tx, { ...requester, action: 'secrets_selected', jobId, details: more });
  await note(isShort ? { ...details, ...Object.fromEntries(named) } : details);
  if (isShort) return;
  for (const [name, ids] of named) {
    for (let start = 0; start < ids.length; start += idsPerEntry) {
      await note({ selection: details.selection, [name]: ids.slice(start, start + idsPerEntry) });
    }
  }
}
