import { createHmac } from 'node:crypto';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { readInputFile } from '../source/read-input-file.ts';
import { parseReplaceText, type ReplaceTextEntry } from './parse-replace-text.ts';

export interface ReplaceText extends ReplaceTextEntry {
  /** Keyed; what a proof calls the text. */
  readonly hash: string;
}

/** The texts of a `--replace-text` file. Their hashes stand in proofs, so the key must be kept from those who could guess a text. */
export function loadReplaceTexts(name: string, key: Buffer, context: CliContext): ReplaceText[] {
  const { path, content } = readInputFile(name, context);
  const entries = parseReplaceText(content, path);
  if (entries.length === 0) throw new CliError('NOTHING_SELECTED', `${path} holds no text.`);
  return addHashes(entries, key);
}

/** Adds what a proof calls each text. */
export function addHashes(entries: readonly ReplaceTextEntry[], key: Buffer): ReplaceText[] {
  return entries.map((entry) => ({ ...entry, hash: createHmac('sha256', key).update(entry.value, 'latin1').digest('hex') }));
}
