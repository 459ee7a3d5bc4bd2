import type { ScanFlags } from '../commands/scan.ts';
import type { SecretGroup } from './group-secrets.ts';

/** What a person does after this result, as commands that can be copied. */
export function listNextSteps(groups: readonly SecretGroup[], flags: ScanFlags): (readonly [command: string, meaning: string])[] {
  if (groups.length === 0 || flags.staged || flags.workingTree) return [];
  const repository =
    flags.url !== undefined ? ` --url ${quote(flags.url)}` : flags.repoPath !== undefined ? ` --repo-path ${quote(flags.repoPath)}` : '';
  const baseline = flags.baseline === undefined ? '' : ` --baseline ${quote(flags.baseline)}`;
  const clean = `deployguard clean${repository}${baseline}`;
  return [
    [`deployguard rules show ${groups[0]!.main.ruleId}`, 'how to revoke it: do that first'],
    [`${clean} --interactive`, 'review and remove from history'],
    [`${clean} --secret-id ${groups[0]!.id}`, 'remove the first one'],
  ];
}

/** For a POSIX shell, only where it is needed. */
function quote(text: string): string {
  return /^[\w./:@=+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
