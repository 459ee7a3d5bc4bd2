import { writeSync } from 'node:fs';

/** On standard error, which may be a file on a full disk: whoever notes something there goes on all the same. */
export function noteError(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // There is nowhere else to say it.
  }
}
