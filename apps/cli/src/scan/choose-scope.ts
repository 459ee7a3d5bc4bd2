import { GitError, type Repository } from '@deployguard/git';
import type { ScanScope } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { ScanFlags } from '../commands/scan.ts';
import type { OpenSource } from '../source/open-source.ts';

/**
 * What the options say is to be scanned.
 *
 * @throws {CliError} `USAGE` where there is no work tree to look at, and for a range or a time that begins nowhere or lies ahead.
 */
export async function chooseScope(flags: ScanFlags, { path, repository }: Pick<OpenSource, 'path' | 'repository'>): Promise<ScanScope> {
  if (flags.staged) return { kind: 'staged', path: needWorkTree(path, '--staged') };
  if (flags.workingTree) return { kind: 'working-tree', path: needWorkTree(path, '--working-tree') };
  if (flags.range !== undefined) return { kind: 'range', revisions: parseRange(flags.range) };
  if (flags.since === undefined) return { kind: 'history' };
  if (flags.since.trim() === '') throw new CliError('USAGE', '--since is empty. Give a commit or a date; is a variable not set?');
  if (isDate(flags.since)) {
    if (isAhead(flags.since)) throw new CliError('USAGE', `--since ${flags.since} lies in the future: no commit can be newer.`);
    return { kind: 'since', date: flags.since };
  }
  await assertCommit(flags.since, repository);
  return { kind: 'range', revisions: [`${flags.since}..HEAD`] };
}

async function assertCommit(name: string, { git }: Repository): Promise<void> {
  try {
    await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'GIT_FAILED') throw error;
    throw new CliError(
      'USAGE',
      `"${name}" of --since is no commit and no date. Give a commit, or a date such as 2026-01-31 or 2.weeks.ago.`,
    );
  }
}

/** git reads a missing side as HEAD: `..HEAD`, as scripts write it whose variable is empty, would be a scan of nothing that looks clean. */
function parseRange(text: string): string[] {
  const revisions = text.split(/\s+/).filter((revision) => revision !== '');
  if (revisions.length === 0 || revisions.some((revision) => revision.startsWith('..')))
    throw new CliError('USAGE', `The range "${text}" does not say where it begins. Is a variable not set?`);
  return revisions;
}

function needWorkTree(path: string | undefined, option: string): string {
  if (path === undefined) throw new CliError('USAGE', `${option} needs a local work tree; with --url there is none.`);
  return path;
}

/** git takes any text for a date, unknown ones for now, and would then find nothing: only these forms are given to it. */
function isDate(text: string): boolean {
  const day = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(text)?.[1];
  if (day !== undefined) return isOnCalendar(day);
  return text === 'yesterday' || /^\d+[. ](?:second|minute|hour|day|week|month|year)s?[. ]ago$/.test(text);
}

/** `2026-02-30` is none: it would be taken for a day in March, or for now. */
function isOnCalendar(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

const farthestZoneMilliseconds = 14 * 3_600_000;

/** Days begin earlier elsewhere: a day counts as soon as it has begun anywhere. */
function isAhead(date: string): boolean {
  return Date.parse(`${date.slice(0, 10)}T00:00:00Z`) - farthestZoneMilliseconds > Date.now();
}
