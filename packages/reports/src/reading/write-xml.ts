import type { SaxesParser } from 'saxes';

/** Gives a parser the next piece. It makes an error of each fault, hostile reports have a million of them, and where each was made nobody asks. */
export function writeXml(parser: SaxesParser, piece: string): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    parser.write(piece);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
