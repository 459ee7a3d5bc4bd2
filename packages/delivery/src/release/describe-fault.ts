import { EgressError } from '@deployguard/egress';

/** What an instance did wrong that took the connection and got a request: `it …`. Undefined when it took none. */
export function describeFault(error: unknown): string | undefined {
  const { name, code = '', message = '' } = (error as { cause?: { name?: string; code?: string; message?: string } }).cause ?? {};
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'answers with more headers than the 16 KiB that are read';
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'answers with another length than it announces';
  if (code.startsWith('Z_')) return 'answers with a body that is not packed in the way it says';
  if (name === 'HTTPParserError') return isOfHttp(message) ? `answers with broken HTTP: ${readRule(message)}` : 'answers, but not in HTTP';
  if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET') return undefined;
  const hasBegun = !(error instanceof EgressError);
  return hasBegun ? 'ends the connection before its answer is whole' : 'ends the connection without an answer';
}

function isOfHttp(message: string): boolean {
  return !message.includes('Expected HTTP/');
}

/** The parser's own words, in which nothing of the answer stands. */
function readRule(message: string): string {
  return /\(([^()]+)\)/.exec(message)?.[1] ?? 'it cannot be read';
}
