import { minValueBytes } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import { toUtf8 } from '../source/read-input-file.ts';

/** A text to replace, as the user wrote it. Latin-1, one character a byte. */
export interface ReplaceTextEntry {
  readonly value: string;
  readonly replacement?: string;
}

/**
 * Reads the file of `--replace-text`: a text a line, `==>` and what it becomes behind it if not the default; `literal:` before it is
 * allowed, as other tools write it. Blank lines are skipped. UTF-16 is read where a byte order mark says so, and the texts are then meant as
 * UTF-8. Errors name the line and never quote it.
 *
 * @throws {CliError} `USAGE` for patterns, which are not searched for, and for texts that are too short.
 */
export function parseReplaceText(content: Buffer, fileName: string): ReplaceTextEntry[] {
  const lines = toUtf8(content).toString('latin1').split(/\r?\n/);
  return lines.flatMap((line, index): ReplaceTextEntry[] => {
    if (line.trim() === '') return [];
    if (/^(?:regex|glob):/.test(line)) {
      throw new CliError(
        'USAGE',
        `${fileName}, line ${index + 1}: only texts can be replaced, no patterns. Write each text on its own line.`,
      );
    }
    const text = line.startsWith('literal:') ? line.slice('literal:'.length) : line;
    const arrow = text.lastIndexOf('==>');
    const value = arrow === -1 ? text : text.slice(0, arrow);
    if (value === '') throw new CliError('USAGE', `${fileName}, line ${index + 1}: there is no text before "==>".`);
    if (value.length < minValueBytes) {
      throw new CliError(
        'USAGE',
        `${fileName}, line ${index + 1}: the text has fewer than ${minValueBytes} bytes and would be found everywhere by chance. Give more of it.`,
      );
    }
    return [arrow === -1 ? { value } : { value, replacement: text.slice(arrow + '==>'.length) }];
  });
}
