import { isUtf8 } from 'node:buffer';
import { unquotePath } from '@deployguard/findings';
import type { RewriteResult } from '@deployguard/secrets';
import { renderNextSteps } from '../scan/render-scan.ts';
import { quoteWord } from '../terminal/quote-word.ts';
import { renderAftercareText } from './render-aftercare-text.ts';
import type { SignedProof } from './render-cleaned.ts';
import type { CleanJob } from './run-clean.ts';

/** What comes after a cleaning: for a proven one the aftercare and the push, else how to get it proven. */
export function* renderFollowUp(job: CleanJob, rewrite: RewriteResult, { aftercare, pushUrl }: SignedProof): Iterable<string> {
  const { stdout } = job.context;
  if (aftercare === undefined) {
    const steps = listRemedies(job, rewrite);
    if (steps.length > 0) yield `\n${renderNextSteps(steps, stdout)}`;
    return;
  }
  yield `\n${renderAftercareText(aftercare, job.output.layout.aftercare, stdout)}`;
  if (job.output.kind !== 'zip' && job.output.kind !== 'bundle') yield `\n${renderNextSteps([buildPushStep(job, pushUrl)], stdout)}`;
}

function buildPushStep({ flags, source, output }: CleanJob, pushUrl: string | undefined): readonly [string, string] {
  const path = flags.output === undefined ? (source.path ?? output.layout.repository) : output.layout.repository;
  const target = pushUrl === undefined ? '<url>' : quoteWord(pushUrl);
  return [`deployguard push --repo-path ${quoteWord(path)} --target-url ${target} --force`, 'publish the new history'];
}

/** A packed value goes with the file that it is packed in. */
function listRemedies({ flags, source }: CleanJob, { notCleanable }: RewriteResult): (readonly [string, string])[] {
  const places = notCleanable.filter(({ what, where }) => what === 'archive-member' && where.includes(' '));
  const packed = places.map(({ where }) => toPathPattern(where.slice(where.indexOf(' ') + 1)));
  if (packed.length === 0) return [];
  const repository = source.path === undefined ? `--url ${quoteWord(source.url!)}` : `--repo-path ${quoteWord(source.path)}`;
  const selection = flags.all
    ? '--all'
    : flags.secretId
      ? `--secret-id ${flags.secretId.join(' ')}`
      : flags.fromReport !== undefined
        ? `--from-report ${quoteWord(flags.fromReport)}`
        : '--interactive';
  const paths = [...new Set(packed)].map((path) => quoteWord(path)).join(' ');
  return [[`deployguard clean ${repository} ${selection} --force --remove-path ${paths}`, 'with the files that hold it packed']];
}

/** What `--remove-path` takes for exactly this path; a byte that no argument can hold is any. */
function toPathPattern(shown: string): string {
  const path = unquotePath(shown).replaceAll(/[*?[\\]/g, '\\$&');
  const bytes = Buffer.from(path, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : path.replaceAll(/[\x80-\xff]/g, '?');
}
