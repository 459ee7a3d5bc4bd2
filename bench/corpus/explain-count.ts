import { countEntries } from './count-entries.ts';
import { explanations } from './explanations.ts';

/** Why the reference has another count than we have, when both are confirmed by counting the entries of the report by other means. */
export async function explainCount(path: string, id: string | undefined, ours: number, reference: number): Promise<string | undefined> {
  for (const explanation of explanations[id ?? ''] ?? []) {
    const counted = await countEntries(path, explanation.ours);
    const theirs = await countEntries(path, explanation.reference);
    if (counted?.count === ours && theirs?.count === reference)
      return `${explanation.reason} (${counted.by}: ${counted.count}, ${theirs.count})`;
  }
  return undefined;
}
