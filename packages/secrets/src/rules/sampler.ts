import { createHash } from 'node:crypto';

/** Makes token-shaped text that is the same in every run but random enough to pass entropy checks. */
export interface Sampler {
  /** `length` characters of the alphabet. */
  from(alphabet: string, length: number): string;
  /** A-Z a-z 0-9. */
  alnum(length: number): string;
  /** a-z 0-9. */
  lower(length: number): string;
  /** A-Z 0-9. */
  upper(length: number): string;
  digits(length: number): string;
  /** 0-9 a-f. */
  hex(length: number): string;
  /** Standard base64 alphabet without padding. */
  base64(length: number): string;
  /** A-Z a-z 0-9 - _. */
  base64url(length: number): string;
  /** A random version 4 UUID in lower case. */
  uuid(): string;
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';

/** The same seed gives the same sequence. */
export function createSampler(seed: string): Sampler {
  let counter = 0;
  let pool = Buffer.alloc(0);

  function nextByte(): number {
    if (pool.length === 0) pool = createHash('sha256').update(`${seed}:${counter++}`).digest();
    const byte = pool[0]!;
    pool = pool.subarray(1);
    return byte;
  }

  function from(alphabet: string, length: number): string {
    let text = '';
    while (text.length < length) {
      const byte = nextByte();
      // Bytes above the largest multiple would favour the first characters.
      if (byte < 256 - (256 % alphabet.length)) text += alphabet[byte % alphabet.length];
    }
    return text;
  }

  const hex = (length: number): string => from('0123456789abcdef', length);
  return {
    from,
    alnum: (length) => from(upper + lower + digits, length),
    lower: (length) => from(lower + digits, length),
    upper: (length) => from(upper + digits, length),
    digits: (length) => from(digits, length),
    hex,
    base64: (length) => from(`${upper}${lower}${digits}+/`, length),
    base64url: (length) => from(`${upper}${lower}${digits}-_`, length),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${from('89ab', 1)}${hex(3)}-${hex(12)}`,
  };
}
