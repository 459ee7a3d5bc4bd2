import type { ScanFlags } from '../commands/scan.ts';
import { quoteWord } from '../terminal/quote-word.ts';
import type { SecretGroup } from './group-secrets.ts';

/** What a person does after this result, as commands that can be copied. */
export function listNextSteps(groups: readonly SecretGroup[], flags: ScanFlags): (readonly [command: string, meaning: string])[] {
  if (groups.length === 0 || flags.staged || flags.workingTree) return [];
  const repository =
    flags.url !== undefined
      ? ` --url ${quoteWord(flags.url)}`
      : flags.repoPath !== undefined
        ? ` --repo-path ${quoteWord(flags.repoPath)}`
        : '';
  const baseline = flags.baseline === undefined ? '' : ` --baseline ${quoteWord(flags.baseline)}`;
  const clean = `deployguard clean${repository}${baseline}`;
  return [
    [`deployguard rules show ${groups[0]!.main.ruleId}`, 'how to revoke it: do that first'],
    [`${clean} --interactive`, 'review and remove from history'],
    [`${clean} --secret-id ${groups[0]!.id}`, 'remove the first one'],
  ];
}
