import { displayName } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import type { Proof, RewriteResult } from '@deployguard/secrets';
import { formatBytes, formatCount, formatItems } from '../terminal/format-quantity.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { LoadedKey } from './load-signing-key.ts';
import { renderFollowUp } from './render-follow-up.ts';
import type { CleanJob } from './run-clean.ts';

/** How a result was proven. */
export interface SignedProof {
  readonly proof: Proof;
  readonly signer: LoadedKey;
  /** Markdown. */
  readonly aftercare?: string;
  /** Where to push to, when the repository says where it came from. */
  readonly pushUrl?: string;
}

const listed = 10;

/** What was done, where the result is, and what the proof says. */
export function* renderCleaned(job: CleanJob, rewrite: RewriteResult, signed?: SignedProof): Iterable<string> {
  const { context, selection } = job;
  const { stdout } = context;
  const what = [
    selection.groups.length > 0 ? formatItems(selection.groups.length, 'secret') : '',
    selection.textCount > 0 ? formatItems(selection.textCount, 'text') : '',
    selection.removePaths.length > 0 ? formatItems(selection.removePaths.length, 'path pattern') : '',
  ].filter((part) => part !== '');
  const changed = `${formatItems(rewrite.changedCommitCount, 'commit')} of ${formatCount(rewrite.commitCount)} rewritten`;
  const refs = rewrite.refs.filter((ref) => ref.newTarget !== ref.oldTarget || ref.newName !== ref.oldName);

  const isUnchanged = rewrite.changedCommitCount + refs.length === 0;

  if (!signed) yield `${stdout.paint('bold', 'Dry run: nothing was written.')} ${what.join(', ')} would go, ${changed}.\n`;
  else if (signed.proof.verdict === 'proven')
    yield `${stdout.paint('green', stdout.symbols.check)} ${stdout.paint('bold', `${what.join(', ')} ${isUnchanged ? 'looked for and found nowhere' : 'removed'}`)}, ${changed}.\n`;
  else yield `${stdout.paint('red', `${stdout.symbols.cross} The result could not be proven clean.`)} ${changed}.\n`;

  const rows: [string, string][] = [
    ...describeResult(job, signed),
    ['Refs', `${formatCount(refs.length)} of ${formatCount(rewrite.refs.length)} moved`],
  ];
  for (const [name, value] of rows) yield `  ${stdout.paint('gray', name.padEnd(8))} ${value}\n`;

  // The aftercare lists them too.
  const firstChanged = signed?.aftercare === undefined ? rewrite.firstChangedCommits : [];
  yield* renderList(
    'First changed commits',
    firstChanged.map(({ ref, commit }) => `${commit}  ${displayName(ref)}`),
    stdout,
  );
  yield* renderList(
    'Renamed, because two things would have got one name',
    rewrite.collisions.map(({ kind, newName }) => `${kind}  ${displayName(newName)}`),
    stdout,
  );
  yield* renderList(
    'Not cleanable: these places need you',
    rewrite.notCleanable.map(({ what: place, where, why }) => `${place}  ${neutralizeText(where)}: ${neutralizeText(why)}`),
    stdout,
  );
  if (signed && !job.flags.quiet) yield* renderFollowUp(job, rewrite, signed);
}

function describeResult(job: CleanJob, signed: SignedProof | undefined): [string, string][] {
  if (!signed) return [];
  const { output, context } = job;
  const { proof, signer } = signed;
  const isProven = proof.verdict === 'proven';
  const failed = proof.checks.filter(({ passed }) => !passed);
  return [
    ...describePlace(job, isProven),
    ['Proof', `${output.layout.proof}  ${isProven ? describeProof(proof) : context.stdout.paint('red', 'failed')}`],
    ...failed.map(({ name, details }): [string, string] => ['', `${name}: ${neutralizeText(details)}`]),
    ...proof.found.places.slice(0, listed).map(({ where, form, within = [] }): [string, string] => {
      return ['', neutralizeText(`  ${where}${within.length > 0 ? `, in ${within.join(', ')}` : ''} (${form})`)];
    }),
    ['Signed', `${signer.key.fingerprint}${signer.createdAt === undefined ? '' : ` (new key: ${signer.createdAt})`}`],
  ];
}

/** Only a directory is delivered without a proof: it can be looked at there, and no command takes it for proven. */
function describePlace({ output, inPlace }: CleanJob, isProven: boolean): [string, string][] {
  if (isProven && inPlace) {
    return [
      ['Result', inPlace.gitDir],
      ['Backup', `${inPlace.backupDirectory} (holds the secrets: delete it when all is well)`],
      ...describeLeft(inPlace.leftEntries),
      ...(inPlace.isBare ? [] : [filesRow]),
    ];
  }
  if (isProven || output.kind === 'directory') return [['Result', output.layout.repository]];
  return [['Result', inPlace ? 'none; the repository is as it was' : 'none']];
}

function describeLeft(names: readonly string[]): [string, string][] {
  if (names.length === 0) return [];
  return [['Left', `${names.map(neutralizeText).join(', ')}: no part of git, so only in the backup. Copy back what you need`]];
}

const filesRow: [string, string] = [
  'Files',
  'those in the work tree are as they were: `git status` shows which held a secret, `git restore <file>` takes the clean one',
];

function describeProof({ searched }: Proof): string {
  const objects = Object.values(searched.objects);
  const count = objects.reduce((sum, tally) => sum + tally.count, 0);
  const bytes = objects.reduce((sum, tally) => sum + tally.bytes, 0);
  return `${formatItems(count, 'object')} (${formatBytes(bytes)}) searched for ${formatItems(searched.values.length, 'value')} in ${searched.forms.length} forms: none found`;
}

function* renderList(title: string, lines: readonly string[], terminal: Terminal): Iterable<string> {
  if (lines.length === 0) return;
  yield `\n${terminal.paint('bold', title)}\n`;
  for (const line of lines.slice(0, listed)) yield `  ${line}\n`;
  if (lines.length > listed)
    yield terminal.paint('gray', `  and ${formatCount(lines.length - listed)} more; all stand in the maps beside the proof\n`);
}
