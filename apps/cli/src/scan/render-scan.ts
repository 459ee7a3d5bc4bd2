import { type CommitReference, severities } from '@deployguard/findings';
import { describePlace, neutralizeText } from '@deployguard/reports';
import { describeSkipped, type Coverage, type DroppedFinding, type SecretFinding } from '@deployguard/secrets';
import { cutPath, cutText, measureText, padText } from '../terminal/fit-text.ts';
import { formatBytes, formatCount, formatDuration, formatItems } from '../terminal/format-quantity.ts';
import { paintSeverity } from '../terminal/paint-severity.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { explainReason } from './explain-reason.ts';
import type { SecretGroup } from './group-secrets.ts';

/** What the table shows. */
export interface ScanView {
  readonly groups: readonly SecretGroup[];
  /** What was recognised and not reported; empty unless it was asked for. */
  readonly dropped: readonly DroppedFinding[];
  readonly coverage: Coverage;
  readonly durationSeconds: number;
  /** Leaves out what is good to know but no result. */
  readonly isQuiet: boolean;
  /** What stands for the value: its preview, the value itself, or nothing. */
  readonly showValue: (finding: SecretFinding) => string;
  /** Commands that go on from here, with what they do. */
  readonly nextSteps: readonly (readonly [command: string, meaning: string])[];
}

const placesShown = 4;

/** The result of a scan for a person: a block a secret, then totals, what was read, and how to go on. */
export function* renderScan(view: ScanView, terminal: Terminal): Iterable<string> {
  for (const group of view.groups) yield `${renderGroup(group, view, terminal).join('\n')}\n\n`;
  if (view.dropped.length > 0) yield* renderDropped(view, terminal);
  yield `${renderTotals(view, terminal)}\n`;
  for (const line of renderCoverage(view, terminal)) yield `${line}\n`;
  if (view.nextSteps.length > 0) yield `\n${renderNextSteps(view.nextSteps, terminal)}`;
}

function renderGroup({ id, main, findings }: SecretGroup, view: ScanView, terminal: Terminal): string[] {
  const { symbols, paint } = terminal;
  const columns = Math.min(terminal.columns, 120) - 1;
  const bar = paintSeverity(terminal, main.severity, symbols.bar);

  const label = main.severity.toUpperCase();
  const title = cutText(neutralizeText(main.title), columns - label.length - id.length - 7, symbols.ellipsis);
  const gap = ' '.repeat(Math.max(2, columns - 2 - label.length - 2 - measureText(title) - id.length));
  const heading = `${bar} ${paint('bold', paintSeverity(terminal, main.severity, label))}  ${paint('bold', title)}${gap}${paint('gray', id)}`;

  // Never cut: a preview is short, and a value that was asked for is wanted whole.
  const value = neutralizeText(view.showValue(main));
  const shown = findings.length === placesShown + 1 ? findings : findings.slice(0, placesShown);
  const places = shown.map((finding) => ({ place: neutralizeText(placeOf(finding)), state: stateOf(finding) }));
  const stateColumns = Math.max(...places.map(({ state }) => state.length));
  const placeColumns = Math.min(Math.max(...places.map(({ place }) => measureText(place))), columns - stateColumns - 7);
  const further = findings.length - shown.length;
  const first = oldestCommit(findings);

  return [
    heading,
    ...(value === '' ? [] : [`${bar} ${paint('cyan', value)}`]),
    ...places.map(({ place, state }) =>
      `${bar}   ${padText(cutPath(place, placeColumns, symbols.ellipsis), placeColumns)}  ${paint('gray', state)}`.trimEnd(),
    ),
    ...(further > 0 ? [`${bar}   ${paint('gray', `and ${formatItems(further, 'more place')}`)}`] : []),
    ...(first ? [`${bar} ${paint('gray', cutText(`first ${neutralizeText(describeCommit(first))}`, columns - 2, symbols.ellipsis))}`] : []),
  ];
}

const carrierNames: Readonly<Record<SecretFinding['carrier'], string>> = {
  file: '',
  path: 'path name ',
  'working-tree': '',
  index: '',
  note: 'note of ',
  'commit-message': 'commit message',
  identity: 'author or committer',
  'commit-header': 'commit header',
  'tag-message': 'tag message',
  'ref-name': 'branch or tag name',
};

/** Where a secret stands, in a few words; for files the link form `path:line:column`. */
export function placeOf({ carrier, location, encodings, last }: SecretFinding): string {
  const { path, line, column } = location;
  const wrapped = encodings.length > 0 ? ` (${encodings.join(' in ')})` : '';
  if (path !== undefined)
    return (
      carrierNames[carrier] +
      describePlace({ path, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }) +
      wrapped
    );
  const commit = last?.commit.id ?? location.commit?.id;
  return carrierNames[carrier] + (commit === undefined ? '' : ` ${commit.slice(0, 7)}`) + wrapped;
}

/** Whether it is still there today, and in how many commits. */
export function stateOf({ carrier, isInHead, commitCount }: SecretFinding): string {
  if (carrier === 'working-tree') return 'in the work tree';
  if (carrier === 'index') return 'staged';
  if (carrier === 'ref-name') return '';
  // Names of what is staged or in the work tree.
  if (carrier === 'path' && commitCount === 0) return 'not committed';
  const commits = commitCount > 1 ? formatItems(commitCount, 'commit') : '';
  return [isInHead ? 'in HEAD' : 'history', commits].filter((part) => part !== '').join(', ');
}

/** The first commit that held the secret, wherever. */
export function oldestCommit(findings: readonly SecretFinding[]): CommitReference | undefined {
  const commits = findings.map(({ location }) => location.commit).filter((commit) => commit !== undefined);
  return commits.toSorted((a, b) => Date.parse(a.date) - Date.parse(b.date))[0];
}

/** `1a2b3c4  2026-01-31  Jane Doe`. */
export function describeCommit({ id, date, authorName }: CommitReference): string {
  return [id.slice(0, 7), date.slice(0, 10), authorName].join('  ');
}

function* renderDropped({ dropped, showValue }: ScanView, terminal: Terminal): Iterable<string> {
  yield `${terminal.paint('bold', 'Dropped')}\n`;
  for (const finding of dropped) {
    const parts = [finding.ruleId, placeOf(finding), showValue(finding)].filter((part) => part !== '');
    yield `  ${neutralizeText(parts.join('  '))}\n    ${terminal.paint('gray', neutralizeText(explainReason(finding)))}\n`;
  }
  yield '\n';
}

function renderTotals({ groups, coverage }: ScanView, terminal: Terminal): string {
  const { symbols, paint } = terminal;
  if (Object.values(coverage.objects).every(({ scanned }) => scanned === 0)) return paint('yellow', 'Nothing was scanned.');
  if (groups.length === 0) return paint('green', `${symbols.check} No secrets found.`);
  const places = groups.reduce((sum, { findings }) => sum + findings.length, 0);
  const bySeverity = severities
    .map((severity) => ({ severity, count: groups.filter(({ main }) => main.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => paintSeverity(terminal, severity, `${formatCount(count)} ${severity}`));
  return `${paint('bold', `${formatItems(groups.length, 'secret')} in ${formatItems(places, 'place')}`)}  ${bySeverity.join(` ${symbols.dot} `)}`;
}

/** What was read, so that "nothing found" means something, and what was not. */
function renderCoverage({ coverage, durationSeconds, isQuiet }: ScanView, terminal: Terminal): string[] {
  const { objects, refs, skipped } = coverage;
  const read = Object.values(objects);
  const count = read.reduce((sum, { scanned }) => sum + scanned, 0);
  const bytes = read.reduce((sum, { bytes }) => sum + bytes, 0);
  // Of little, the rate only tells how long starting took.
  const rate = bytes >= 1e6 ? ` (${formatBytes(bytes / durationSeconds)}/s)` : '';
  const ofRefs = refs > 0 ? ` of ${formatItems(refs, 'ref')}` : '';
  const summary = `Read ${formatItems(count, 'object')}${ofRefs}, ${formatBytes(bytes)} in ${formatDuration(durationSeconds)}${rate}.`;
  return [
    ...(isQuiet ? [] : [terminal.paint('gray', summary)]),
    ...skipped.map((left) => terminal.paint('yellow', neutralizeText(describeSkipped(left)))),
  ];
}

/** Commands that go on from here, aligned. */
export function renderNextSteps(steps: readonly (readonly [command: string, meaning: string])[], terminal: Terminal): string {
  const width = Math.max(...steps.map(([command]) => measureText(command)));
  const fits = width + 40 < terminal.columns;
  return steps
    .map(([command, meaning], index) => {
      const heading = index === 0 ? terminal.paint('bold', 'Next') : '    ';
      return `${heading}  ${fits ? padText(command, width) : command}  ${terminal.paint('gray', fits ? meaning : `# ${meaning}`)}\n`;
    })
    .join('');
}
