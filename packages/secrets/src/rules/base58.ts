import { createHash } from 'node:crypto';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The bytes of a Base58 text; `undefined` when it has a character that Base58 lacks. */
export function decodeBase58(text: string): Buffer | undefined {
  let number = 0n;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit === -1) return undefined;
    number = number * 58n + BigInt(digit);
  }
  const hex = number === 0n ? '' : number.toString(16);
  const leadingZeros = text.length - text.replace(/^1+/, '').length;
  return Buffer.concat([Buffer.alloc(leadingZeros), Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')]);
}

export function encodeBase58(bytes: Buffer): string {
  let text = '';
  for (let number = BigInt(`0x0${bytes.toString('hex')}`); number > 0n; number /= 58n) text = alphabet[Number(number % 58n)] + text;
  const leadingZeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(leadingZeros === -1 ? bytes.length : leadingZeros) + text;
}

/**
 * The payload of a Base58Check text, without its four bytes of checksum; `undefined` when the text is none or the checksum is wrong.
 * Format: https://en.bitcoin.it/wiki/Base58Check_encoding
 */
export function decodeBase58Check(text: string): Buffer | undefined {
  const bytes = decodeBase58(text);
  if (!bytes || bytes.length < 5) return undefined;
  const payload = bytes.subarray(0, -4);
  return doubleSha256(payload).subarray(0, 4).equals(bytes.subarray(-4)) ? payload : undefined;
}

/** Appends the checksum and encodes. */
export function encodeBase58Check(payload: Buffer): string {
  return encodeBase58(Buffer.concat([payload, doubleSha256(payload).subarray(0, 4)]));
}

function doubleSha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(createHash('sha256').update(bytes).digest()).digest();
}
