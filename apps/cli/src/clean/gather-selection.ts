import { randomBytes } from 'node:crypto';
import { defaultReplacement, minValueBytes, type ScanResult, scanRepository } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { CleanFlags } from '../commands/clean.ts';
import type { CliContext } from '../context.ts';
import { groupSecrets, type SecretGroup } from '../scan/group-secrets.ts';
import { reportScanProgress } from '../scan/report-scan-progress.ts';
import { loadBaseline } from '../source/load-baseline.ts';
import { loadConfiguration } from '../source/load-configuration.ts';
import type { OpenSource } from '../source/open-source.ts';
import { readInputText } from '../source/read-input-file.ts';
import type { Progress } from '../terminal/progress.ts';
import { addHashes, loadReplaceTexts, type ReplaceText } from './load-replace-texts.ts';
import { findForeignValues } from './parse-foreign-report.ts';
import { selectSecrets } from './select-secrets.ts';

/** What is to go. */
export interface CleanSelection {
  readonly groups: readonly SecretGroup[];
  /** How many texts of `--replace-text` are among the values. */
  readonly textCount: number;
  readonly removePaths: readonly string[];
  readonly values: readonly SelectedValue[];
}

interface SelectedValue {
  /** Latin-1, one character a byte. */
  readonly value: string;
  readonly replacement: string;
  /** Keyed; what the proof calls the value. */
  readonly hash: string;
}

/** Scans, lets the user choose, and adds the texts and paths that were named; `undefined` when a review was left. */
export async function gatherSelection(
  source: OpenSource,
  flags: CleanFlags,
  context: CliContext,
  progress: Progress,
): Promise<CleanSelection | undefined> {
  const replacement = flags.replacement === undefined ? defaultReplacement : Buffer.from(flags.replacement, 'utf8').toString('latin1');
  // The texts have no fingerprint; a key that is thrown away keeps their hashes in the proof from being guessed.
  const key = randomBytes(32);
  const reported = flags.fromReport === undefined ? undefined : loadReportedTexts(flags.fromReport, key, context);
  const named = flags.replaceText === undefined ? [] : loadReplaceTexts(flags.replaceText, key, context);
  const texts = [...named, ...(reported ?? [])];
  const groups = isScanNeeded(flags) && !reported ? await chooseGroups(source, flags, context, progress) : [];
  if (!groups) return undefined;
  const known = new Set<string>();
  const values: SelectedValue[] = [];
  for (const { main, valueHash } of groups) add({ value: main.secret.reveal(), replacement, hash: valueHash });
  for (const text of texts) add({ replacement, ...text });
  return { groups, textCount: values.length - groups.length, removePaths: listRemovePaths(flags), values };

  function add(value: SelectedValue): void {
    if (known.has(value.value)) return;
    known.add(value.value);
    values.push(value);
  }
}

/** Values of another scanner's report; `undefined` for one of ours, which names findings. */
function loadReportedTexts(name: string, key: Buffer, context: CliContext): ReplaceText[] | undefined {
  const { path, text } = readInputText(name, context);
  if (text.includes('deployguardFindingId/v1')) return undefined;
  const values = findForeignValues(text, path);
  const short = values?.filter((value) => value.length < minValueBytes).length ?? 0;
  if (short > 0)
    throw new CliError(
      'REPORT_UNREADABLE',
      `${path} cannot be cleaned by: ${short} of its values have fewer than ${minValueBytes} bytes and would be found everywhere by chance. Take them out of it.`,
    );
  return (
    values &&
    addHashes(
      values.map((value) => ({ value })),
      key,
    )
  );
}

/** Arguments that are no UTF-8 reach the program with other characters in the place of their bytes, and would fit nothing. */
function listRemovePaths({ removePath = [] }: CleanFlags): readonly string[] {
  const broken = removePath.find((path) => path.includes('\ufffd'));
  if (broken === undefined) return removePath;
  throw new CliError(
    'USAGE',
    `--remove-path "${broken}" holds bytes that are no UTF-8, which cannot be given here. Write ? for each: ${broken.replaceAll('\ufffd', '?')}`,
  );
}

function isScanNeeded({ all, interactive, secretId, fromReport }: CleanFlags): boolean {
  return all === true || interactive === true || secretId !== undefined || fromReport !== undefined;
}

async function chooseGroups(
  source: OpenSource,
  flags: CleanFlags,
  context: CliContext,
  progress: Progress,
): Promise<readonly SecretGroup[] | undefined> {
  const accepted = flags.baseline === undefined ? undefined : await loadBaseline(flags.baseline, context);
  const result: ScanResult = await scanRepository(source.repository, {
    configuration: await loadConfiguration(flags, source.path, context),
    ...(accepted?.fingerprintKey && { fingerprintKey: accepted.fingerprintKey }),
    onProgress: reportScanProgress(progress),
    signal: context.signal,
  });
  progress.clear();
  return await selectSecrets(groupSecrets(result.findings.filter(({ id }) => !accepted?.ids.has(id))), flags, context);
}
