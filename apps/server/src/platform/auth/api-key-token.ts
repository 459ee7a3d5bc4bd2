import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 40;
const checksumLength = 6;
const form = new RegExp(`^dgk_[0-9A-Za-z]{${secretLength + checksumLength}}$`);

/** An API key: `dgk_`, 40 random characters (238 bits), and a checksum by which scanners and this service tell keys from noise without asking. */
export function createApiKeyToken(): string {
  const secret = Array.from({ length: secretLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `dgk_${secret}${checksumOf(secret)}`;
}

export function isApiKeyToken(text: string): boolean {
  return form.test(text) && checksumOf(text.slice(4, 4 + secretLength)) === text.slice(4 + secretLength);
}

/** What is kept of a key. It is random in full, so a plain hash is as good as a slow one, and lookups by it tell nothing by their time. */
export function hashApiKey(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What lists show of a key. */
export function prefixOfApiKey(token: string): string {
  return token.slice(0, 12);
}

function checksumOf(secret: string): string {
  let rest = crc32(secret);
  let text = '';
  for (let index = 0; index < checksumLength; index++) {
    text = alphabet[rest % alphabet.length] + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
