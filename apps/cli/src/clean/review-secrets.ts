import { neutralizeText } from '@deployguard/reports';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { SecretGroup } from '../scan/group-secrets.ts';
import { describeCommit, oldestCommit, placeOf, stateOf } from '../scan/render-scan.ts';
import { cutPath, cutText, wrapText } from '../terminal/fit-text.ts';
import { formatItems } from '../terminal/format-quantity.ts';
import { paintSeverity } from '../terminal/paint-severity.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { listDoubts } from './list-doubts.ts';
import { readKeys } from './read-keys.ts';

/** What a person chose; `undefined`: to leave without doing anything. */
export type Review = readonly SecretGroup[] | undefined;

/**
 * Shows one secret at a time and asks whether it should go.
 *
 * @throws {CliError} `NOT_A_TERMINAL` where nobody can answer.
 */
export async function reviewSecrets(groups: readonly SecretGroup[], context: CliContext): Promise<Review> {
  const { stdin, stderr } = context;
  if (!stdin.isTTY || !stderr.isInteractive) {
    throw new CliError('NOT_A_TERMINAL', 'A review needs a terminal. Choose with --secret-id, --from-report or --all instead.');
  }
  const chosen = new Map<SecretGroup, boolean>();
  let at = 0;
  await stderr.write(`${renderQuestion(groups[at]!, at, groups.length, stderr)}`);
  for await (const key of readKeys(stdin, context.signal)) {
    const group = groups[at]!;
    if (key === 'q' || key === 'escape') return await leave(stderr);
    if (key === 'interrupt') throw new DOMException('Interrupted', 'AbortError');
    if (key === 'a') {
      for (const following of groups.slice(at)) chosen.set(following, true);
      await stderr.write(`${answer(stderr, 'green', `yes, and to the ${formatItems(groups.length - at - 1, 'one')} after it`)}\n`);
      at = groups.length;
    } else if (key === 's') {
      await stderr.write(`${answer(stderr, 'gray', 'the rest stays')}\n`);
      at = groups.length;
    } else if (key === 'b' || key === 'left') {
      if (at === 0) continue;
      await stderr.write(`${answer(stderr, 'gray', 'back')}\n\n`);
      chosen.delete(groups[--at]!);
    } else if (key === 'y' || key === 'n') {
      chosen.set(group, key === 'y');
      await stderr.write(`${key === 'y' ? answer(stderr, 'green', 'yes, remove it') : answer(stderr, 'gray', 'no, it stays')}\n\n`);
      at++;
    } else continue;
    if (at >= groups.length) break;
    await stderr.write(renderQuestion(groups[at]!, at, groups.length, stderr));
  }
  // Ctrl-D, or a terminal that went away: not all was decided.
  if (at < groups.length) return await leave(stderr);
  const selected = groups.filter((group) => chosen.get(group) === true);
  await stderr.write(`${stderr.paint('bold', `${formatItems(selected.length, 'secret')} of ${groups.length} chosen.`)}\n`);
  return selected;
}

async function leave(terminal: Terminal): Promise<undefined> {
  await terminal.write(`${answer(terminal, 'gray', 'quit')}\nNothing was changed.\n`);
  return undefined;
}

function answer(terminal: Terminal, style: 'green' | 'gray', text: string): string {
  return terminal.paint(style, text);
}

const placesShown = 6;

function renderQuestion(group: SecretGroup, index: number, total: number, terminal: Terminal): string {
  const { main, findings } = group;
  const { paint, symbols } = terminal;
  const columns = Math.min(terminal.columns, 110);
  const room = columns - 12;
  const places = findings
    .slice(0, placesShown)
    .map(
      (finding) =>
        `${cutPath(neutralizeText(placeOf(finding)), room - stateOf(finding).length - 2, symbols.ellipsis)}  ${paint('gray', stateOf(finding))}`,
    );
  const further = findings.length - places.length;
  const commit = oldestCommit(findings);
  const doubts = listDoubts(group);

  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['Value', [paint('cyan', neutralizeText(main.preview))]],
    ['Places', [...places, ...(further > 0 ? [paint('gray', `and ${formatItems(further, 'more place')}`)] : [])]],
    [
      'First',
      commit ? [cutText(`${neutralizeText(describeCommit(commit))}  ${neutralizeText(commit.subject)}`, room, symbols.ellipsis)] : [],
    ],
    [
      'Doubts',
      doubts.length > 0
        ? doubts.flatMap((doubt) => wrapText(doubt, room)).map((line) => paint('yellow', line))
        : [paint('gray', 'none: its form identifies it')],
    ],
  ];
  const bar = paintSeverity(terminal, main.severity, symbols.bar);
  const lines = rows.flatMap(([name, values]) =>
    values.map((value, line) => `${bar}   ${paint('gray', (line === 0 ? name : '').padEnd(7))} ${value}`),
  );
  return [
    `${bar} ${paint('bold', paintSeverity(terminal, main.severity, main.severity.toUpperCase()))}  ${paint('bold', neutralizeText(main.title))}  ${paint('gray', `${index + 1} of ${total}`)}`,
    ...lines,
    `Remove it from history? ${paint('gray', `[y]es [n]o [a]ll from here [s]kip the rest [b]ack [q]uit`)} `,
  ].join('\n');
}
