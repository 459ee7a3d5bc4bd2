import type { ScanScope } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { ScanFlags } from '../commands/scan.ts';

/**
 * What the options say is to be scanned.
 *
 * @throws {CliError} `USAGE` where there is no work tree to look at, and for a range that begins nowhere.
 */
export function chooseScope(flags: ScanFlags, path: string | undefined): ScanScope {
  if (flags.staged) return { kind: 'staged', path: needWorkTree(path, '--staged') };
  if (flags.workingTree) return { kind: 'working-tree', path: needWorkTree(path, '--working-tree') };
  if (flags.range !== undefined) return { kind: 'range', revisions: parseRange(flags.range) };
  if (flags.since === undefined) return { kind: 'history' };
  if (flags.since.trim() === '') throw new CliError('USAGE', '--since is empty. Give a commit or a date; is a variable not set?');
  return isDate(flags.since) ? { kind: 'since', date: flags.since } : { kind: 'range', revisions: [`${flags.since}..HEAD`] };
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
  return (
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text) ||
    /^\d+[. ](?:second|minute|hour|day|week|month|year)s?[. ]ago$/.test(text)
  );
}
