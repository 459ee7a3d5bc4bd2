import { CliError } from '../cli-error.ts';
import type { CleanFlags } from '../commands/clean.ts';
import type { CliContext } from '../context.ts';
import type { SecretGroup } from '../scan/group-secrets.ts';
import { readInputText } from '../source/read-input-file.ts';
import { readReportIds } from '../source/read-report-ids.ts';
import { type Review, reviewSecrets } from './review-secrets.ts';

/** The secrets that the user wants gone; `undefined` when a review was left. */
export async function selectSecrets(groups: readonly SecretGroup[], flags: CleanFlags, context: CliContext): Promise<Review> {
  if (flags.all) return groups;
  if (flags.secretId) return selectById(groups, flags.secretId);
  if (flags.fromReport !== undefined) return selectFromReport(groups, readInputText(flags.fromReport, context));
  if (flags.interactive) return groups.length === 0 ? [] : await reviewSecrets(groups, context);
  return [];
}

const fewestDigits = 6;

/** Ids of findings and of secrets, both by any unambiguous beginning of at least six digits. */
function selectById(groups: readonly SecretGroup[], ids: readonly string[]): SecretGroup[] {
  const selected = new Set<SecretGroup>();
  for (const id of ids.flatMap((value) => value.split(/[\s,]+/))) {
    const prefix = id.toLowerCase();
    if (!/^[0-9a-f]+$/.test(prefix) || prefix.length < fewestDigits) {
      throw new CliError(
        'USAGE',
        `"${id}" is no id: give at least ${fewestDigits} hexadecimal digits, as \`deployguard scan\` prints them.`,
      );
    }
    const meant = groups.filter(
      (group) => group.valueHash.startsWith(prefix) || group.findings.some((finding) => finding.id.startsWith(prefix)),
    );
    if (meant.length === 0)
      throw new CliError('SECRET_NOT_FOUND', `No secret of this repository has the id ${id}. \`deployguard scan\` lists them.`);
    if (meant.length > 1) throw new CliError('USAGE', `${meant.length} secrets begin with ${id}: give more digits.`);
    selected.add(meant[0]!);
  }
  return groups.filter((group) => selected.has(group));
}

/** The secrets whose findings stand in a report written by `scan --format json` or `jsonl`. */
function selectFromReport(groups: readonly SecretGroup[], { path, text }: ReturnType<typeof readInputText>): SecretGroup[] {
  const wanted = new Set(readReportIds(text, path));
  const selected = groups.filter(({ findings }) => findings.some(({ id }) => wanted.has(id)));
  const known = new Set(groups.flatMap(({ findings }) => findings.map(({ id }) => id)));
  const missing = [...wanted].filter((id) => !known.has(id));
  if (missing.length > 0) {
    throw new CliError(
      'SECRET_NOT_FOUND',
      `${missing.length} findings of ${path} are not in this repository (${missing.slice(0, 3).join(', ')}). Was it written for another repository, or with other options?`,
    );
  }
  return selected;
}
