/**
 * What to do with hex digits that hold a value in another encoding: they are decoded, redacted and encoded again as they were. Where that
 * finds nothing, the digits of the value alone give way to the replacement.
 */
export function redactHex(
  content: Buffer,
  hit: { readonly start: number; readonly end: number },
  redactDecoded: (decoded: Buffer) => Buffer | undefined,
  replacement: Buffer,
): { start: number; end: number; bytes: Buffer } {
  let { start, end } = hit;
  while (start >= 2 && isDigit[content[start - 1]!] === 1 && isDigit[content[start - 2]!] === 1) start -= 2;
  while (end + 2 <= content.length && isDigit[content[end]!] === 1 && isDigit[content[end + 1]!] === 1) end += 2;
  const text = content.toString('latin1', start, end);
  const redacted = redactDecoded(Buffer.from(text, 'hex'));
  const digits = (bytes: Buffer): Buffer => Buffer.from(/[A-F]/.test(text) ? bytes.toString('hex').toUpperCase() : bytes.toString('hex'));
  return redacted ? { start, end, bytes: digits(redacted) } : { ...hit, bytes: digits(replacement) };
}

const isDigit = Uint8Array.from({ length: 256 }, (_, code) => (/[0-9A-Fa-f]/.test(String.fromCharCode(code)) ? 1 : 0));
