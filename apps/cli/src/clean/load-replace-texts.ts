import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { parseReplaceText, type ReplaceTextEntry } from './parse-replace-text.ts';

export interface ReplaceText extends ReplaceTextEntry {
  /** Keyed; what a proof calls the text. */
  readonly hash: string;
}

/** The texts of a `--replace-text` file. Their hashes stand in proofs, so the key must be kept from those who could guess a text. */
export function loadReplaceTexts(path: string, key: Buffer, { workingDirectory }: CliContext): ReplaceText[] {
  const file = resolve(workingDirectory, path);
  const entries = parseReplaceText(readFileSync(file), file);
  if (entries.length === 0) throw new CliError('NOTHING_SELECTED', `${file} holds no text.`);
  return entries.map((entry) => ({ ...entry, hash: createHmac('sha256', key).update(entry.value, 'latin1').digest('hex') }));
}
