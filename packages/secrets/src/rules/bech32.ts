const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const checksumLength = 6;

/** Whether a lower-case Bech32 text carries a right checksum. Format: https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki */
export function hasBech32Checksum(text: string): boolean {
  const separator = text.lastIndexOf('1');
  if (separator < 1) return false;
  const values = Array.from(text.slice(separator + 1), (character) => alphabet.indexOf(character));
  return (
    values.length >= checksumLength && !values.includes(-1) && checksumOf([...expandPrefix(text.slice(0, separator)), ...values]) === 1
  );
}

/** Bech32 of values of five bits each under a lower-case prefix. */
export function encodeBech32(prefix: string, values: readonly number[]): string {
  const remainder = checksumOf([...expandPrefix(prefix), ...values, ...Array.from({ length: checksumLength }, () => 0)]) ^ 1;
  const checksum = Array.from({ length: checksumLength }, (_, index) => (remainder >>> (5 * (5 - index))) & 31);
  return `${prefix}1${[...values, ...checksum].map((value) => alphabet[value]).join('')}`;
}

function expandPrefix(prefix: string): number[] {
  const codes = [...Buffer.from(prefix, 'latin1')];
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksumOf(values: readonly number[]): number {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let remainder = 1;
  for (const value of values) {
    const top = remainder >>> 25;
    remainder = ((remainder & 0x1ffffff) << 5) ^ value;
    for (const [bit, polynomial] of generator.entries()) {
      if ((top >>> bit) & 1) remainder ^= polynomial;
    }
  }
  return remainder >>> 0;
}
