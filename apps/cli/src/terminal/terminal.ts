import { styleText } from 'node:util';

/** One of the two output streams and what can be shown on it. */
export interface Terminal {
  /** A person looks at it: lines may be rewritten. */
  readonly isInteractive: boolean;
  /** Width in cells; pipes get `pipeColumns`. */
  readonly columns: number;
  readonly symbols: Symbols;
  /** Colours the text, or returns it as it is where colour is off. */
  paint(style: Style, text: string): string;
  /** Resolves when the next piece may come. A reader that went away (`| head`) is not an error. */
  write(text: string): Promise<void>;
}

export type Style = Exclude<Parameters<typeof styleText>[0], readonly unknown[]>;

interface Symbols {
  readonly bar: string;
  readonly dot: string;
  readonly arrow: string;
  readonly check: string;
  readonly cross: string;
  readonly ellipsis: string;
  readonly hidden: string;
  readonly barFull: string;
  readonly barEmpty: string;
}

const unicodeSymbols: Symbols = {
  bar: '▌',
  dot: '·',
  arrow: '→',
  check: '✔',
  cross: '✖',
  ellipsis: '…',
  hidden: '•',
  barFull: '━',
  barEmpty: '─',
};

const asciiSymbols: Symbols = {
  bar: '|',
  dot: '-',
  arrow: '->',
  check: '+',
  cross: 'x',
  ellipsis: '...',
  hidden: '*',
  barFull: '#',
  barEmpty: '.',
};

/** Wide enough for a whole line of the table in a log. */
const pipeColumns = 120;

export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, done: (error?: Error | null) => void): boolean;
}

/**
 * `NO_COLOR` (https://no-color.org) and `FORCE_COLOR` decide before the stream does; `TERM=dumb` can do nothing. With `isBestEffort`, what
 * cannot be written is lost without an error.
 */
export function createTerminal(
  stream: TerminalStream,
  environment: Readonly<Record<string, string | undefined>>,
  { isBestEffort = false }: { readonly isBestEffort?: boolean } = {},
): Terminal {
  const isInteractive = stream.isTTY === true && environment['TERM'] !== 'dumb';
  const hasColour = decideColour(isInteractive, environment);
  return {
    isInteractive,
    get columns() {
      return isInteractive ? Math.max(stream.columns ?? 80, 40) : pipeColumns;
    },
    symbols: isUtf8(environment) ? unicodeSymbols : asciiSymbols,
    paint: (style, text) => (hasColour && text !== '' ? styleText(style, text, { validateStream: false }) : text),
    write: isBestEffort ? (text) => writeTo(stream, text).catch(() => {}) : (text) => writeTo(stream, text),
  };
}

function decideColour(isInteractive: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isInteractive;
}

function isUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale) || environment['WT_SESSION'] !== undefined;
}

function writeTo(stream: TerminalStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error && !isClosedPipe(error)) reject(error);
      else resolve();
    });
  });
}

function isClosedPipe(error: Error & { code?: string }): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EOF';
}
