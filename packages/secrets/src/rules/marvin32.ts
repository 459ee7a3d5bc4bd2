/**
 * The Marvin checksum of Microsoft's identifiable keys, as an unsigned 32-bit number. `seed` is 8 ASCII characters, which stand for a
 * 64-bit number with the first character as its highest byte. Algorithm: US patent 8,209,543 B2, and `Marvin.cs` of .NET.
 */
export function marvin32(content: Buffer, seed: string): number {
  const seedBytes = Buffer.from(seed, 'latin1');
  let low = seedBytes.readUInt32BE(4);
  let high = seedBytes.readUInt32BE(0);

  function mix(word: number): void {
    low = (low + word) >>> 0;
    high = (high ^ low) >>> 0;
    low = (rotateLeft(low, 20) + high) >>> 0;
    high = (rotateLeft(high, 9) ^ low) >>> 0;
    low = (rotateLeft(low, 27) + high) >>> 0;
    high = rotateLeft(high, 19);
  }

  const wholeLength = content.length & ~3;
  for (let i = 0; i < wholeLength; i += 4) mix(content.readUInt32LE(i));
  let last = 0x80;
  for (let i = content.length - 1; i >= wholeLength; i--) last = ((last << 8) | content[i]!) >>> 0;
  mix(last);
  mix(0);
  return (low ^ high) >>> 0;
}

function rotateLeft(value: number, bits: number): number {
  return ((value << bits) | (value >>> (32 - bits))) >>> 0;
}
