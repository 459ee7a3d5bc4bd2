import { CliError } from '../cli-error.ts';
import type { LoginFlags } from '../commands/login.ts';
import type { CliContext } from '../context.ts';
import { readInputFile } from '../source/read-input-file.ts';

const longestKey = 8192;

/**
 * The key: from a file, from a person who types it unseen, or from standard input. Never from an argument, which every user of the machine can read.
 *
 * @throws {CliError} `USAGE`
 */
export async function readApiKey({ keyFile }: Pick<LoginFlags, 'keyFile'>, server: string, context: CliContext): Promise<string> {
  const { stdin, stderr } = context;
  const text =
    keyFile !== undefined
      ? readInputFile(keyFile, context).content.toString('utf8')
      : stdin.isTTY && stderr.isInteractive
        ? await readUnseen(`API key for ${server}: `, context)
        : await readAll(context);
  const key = text.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new CliError(
    'USAGE',
    key === '' ? 'There is no API key. Type it, pipe it in, or name its file with --key-file.' : 'That is no API key.',
  );
}

/** The terminal hands over what is typed or pasted, and shows nothing of it. */
async function readUnseen(question: string, { stdin, stderr, signal }: CliContext): Promise<string> {
  const keyboard = stdin as CliContext['stdin'] & { setRawMode(isRaw: boolean): unknown };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let key = '';
  const onInterrupt = (): void => reject(new DOMException('Interrupted', 'AbortError'));
  const onText = (text: string): void => {
    for (const character of text) {
      if (character === '\r' || character === '\n' || character === endOfInput) return resolve(key);
      if (character === interrupt) return onInterrupt();
      key = character === '\u007f' || character === '\b' ? key.slice(0, -1) : key + character;
    }
  };
  // Before the question stands there: whoever is quick would see what they type.
  keyboard.setRawMode(true);
  keyboard
    .setEncoding('utf8')
    .on('data', onText)
    .once('end', () => resolve(key));
  signal.addEventListener('abort', onInterrupt);
  try {
    await stderr.write(question);
    return await promise;
  } finally {
    signal.removeEventListener('abort', onInterrupt);
    keyboard.off('data', onText).pause();
    keyboard.setRawMode(false);
    await stderr.write('\n');
  }
}

// Ctrl-C and Ctrl-D.
const interrupt = '\u0003';
const endOfInput = '\u0004';

async function readAll({ stdin }: CliContext): Promise<string> {
  let text = '';
  for await (const piece of stdin.setEncoding('utf8') as AsyncIterable<string>) {
    text += piece;
    if (text.length > longestKey) break;
  }
  return text;
}
