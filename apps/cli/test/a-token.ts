import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A made-up GitHub token with a right checksum: 30 characters, then their CRC-32 in base 62. The same seed gives the same token.
 * https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
 */
export function aToken(seed: string, prefix = 'ghp'): string {
  const bytes = createHash('sha256').update(seed).digest();
  const body = Array.from({ length: 30 }, (_, index) => digits[bytes[index]! % 62]).join('');
  let checksum = '';
  for (let rest = crc32(body); checksum.length < 6; rest = Math.floor(rest / 62)) checksum = digits[rest % 62] + checksum;
  return `${prefix}_${body}${checksum}`;
}
