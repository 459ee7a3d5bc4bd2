import { displayName, type PushedRef, type PushResult } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import { formatCount, formatItems } from '../terminal/format-quantity.ts';
import { quoteWord } from '../terminal/quote-word.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { PushCheck, Unsearched } from './check-pushed.ts';
import type { ChosenResult } from './choose-result.ts';

export interface PushView {
  readonly url: string;
  readonly result: ChosenResult;
  readonly pushed: PushResult;
  readonly check: PushCheck;
  /** Whether the user allowed replacing. */
  readonly isForced: boolean;
}

const done: readonly PushedRef['status'][] = ['created', 'updated', 'deleted', 'unchanged'];
const listed = 20;

/** What became of each ref, and what the target hands out now. */
export function* renderPush({ url, result, pushed, check, isForced }: PushView, terminal: Terminal): Iterable<string> {
  const { symbols, paint } = terminal;
  const counts = done
    .map((status) => ({ status, count: pushed.refs.filter((ref) => ref.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${formatCount(count)} ${status}`);
  const failed = pushed.refs.filter(({ status }) => status === 'moved' || status === 'rejected');
  const isFaulty = failed.length > 0 || check.verdict === 'failed' || check.verdict === 'other-ids';
  const mark = isFaulty ? paint('yellow', symbols.cross) : paint('green', symbols.check);
  if (check.verdict === 'nothing-pushed') {
    yield `${mark} ${paint('bold', `Nothing was pushed to ${url}`)}\n`;
  } else {
    yield `${mark} ${paint('bold', `Pushed ${result.layout.repository} to ${url}`)}\n  Refs     ${counts.join(', ') || 'none'}\n`;
    yield `  Checked  ${describeCheck(check, terminal)}\n`;
    if ('unsearched' in check && (check.unsearched === 'result-named' || check.unsearched === 'values-unknown'))
      yield `           To search for texts that you know: deployguard prove --repo-path ${quoteWord(result.layout.repository)} --replace-text <file>\n`;
  }

  yield* renderRefs('Not pushed: these refs still have the old history', failed, terminal);
  for (const hint of listHints(failed, isForced)) yield `  ${hint}\n`;
  yield* renderRefs(
    'Not pushed: the host or one clone keeps these',
    pushed.refs.filter(({ status }) => status === 'withheld'),
    terminal,
  );
  const remoteRefs = 'pushed' in check ? check.pushed.remoteRefs : [];
  const dangerous = new Set(remoteRefs.filter(({ leadsToOldHistory }) => leadsToOldHistory).map(({ name }) => name));
  const left = pushed.refs.filter(({ status }) => status === 'left');
  yield* renderRefs(
    'Only at the target, and leading to the OLD history',
    left.filter(({ name }) => dangerous.has(name)),
    terminal,
  );
  yield* renderRefs(
    'Only at the target',
    left.filter(({ name }) => !dangerous.has(name)),
    terminal,
  );
  for (const message of pushed.messages.slice(0, listed)) yield paint('gray', `  remote: ${neutralizeText(message)}\n`);
}

/** The target's own refusals (git-push(1): `remote rejected`) are not for us to overcome. */
function listHints(failed: readonly PushedRef[], isForced: boolean): string[] {
  const rejected = failed.filter(({ status }) => status === 'rejected').map(({ reason = '' }) => reason);
  const isHostRefusing = rejected.some((reason) => reason.includes('remote rejected'));
  const isReplacing = rejected.some(
    (reason) => /fetch first|non-fast-forward|already exists/.test(reason) && !reason.includes('remote rejected'),
  );
  return [
    ...(isReplacing && !isForced ? ['To put the cleaned history in the place of what was scanned: --force'] : []),
    ...(isHostRefusing ? ['The target refuses these: allow forced pushes to them there, push again, and forbid them again.'] : []),
  ];
}

const unsearchedReasons: Readonly<Record<Unsearched, string>> = {
  'no-proof': 'nothing was searched, because no proof says for which values',
  'no-values': 'there was no value to search for: what was removed are paths',
  'result-named': 'nothing was searched, because a cleaned repository does not tell the values that went from it',
  'values-unknown': 'nothing was searched, because a scan of the repository that was cleaned tells none of the values any more',
};

function describeCheck(check: Exclude<PushCheck, { readonly verdict: 'nothing-pushed' }>, { paint, symbols }: Terminal): string {
  if ('unsearched' in check) {
    if (check.verdict === 'other-ids') return fail('the target has other ids than were pushed');
    return `the target has the same ids; ${unsearchedReasons[check.unsearched]}`;
  }
  const { proof } = check.pushed;
  if (check.verdict === 'failed') {
    const failed = proof.checks.filter(({ passed }) => !passed);
    return fail(failed.map(({ name, details }) => `${name}: ${neutralizeText(details)}`).join('; '));
  }
  const objects = Object.values(proof.searched.objects).reduce((sum, { count }) => sum + count, 0);
  const rest = check.unknownValueCount > 0 ? `; ${formatItems(check.unknownValueCount, 'value')} not known any more` : '';
  return `a fresh clone: ${formatItems(objects, 'object')} searched for ${formatItems(proof.searched.values.length, 'value')}, none found${rest}`;

  function fail(reasons: string): string {
    return paint('red', `${symbols.cross} what the target hands out is not what was proven: ${reasons}`);
  }
}

function* renderRefs(title: string, refs: readonly PushedRef[], terminal: Terminal): Iterable<string> {
  if (refs.length === 0) return;
  yield `\n${terminal.paint('yellow', title)}\n`;
  for (const { name, reason } of refs.slice(0, listed)) {
    yield `  ${neutralizeText(displayName(name))}${reason === undefined ? '' : terminal.paint('gray', `  ${neutralizeText(reason)}`)}\n`;
  }
  if (refs.length > listed) yield terminal.paint('gray', `  and ${formatCount(refs.length - listed)} more\n`);
}
