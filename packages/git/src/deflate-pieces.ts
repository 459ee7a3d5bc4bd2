import { constants, deflateRawSync } from 'node:zlib';

const blockSize = 5552;
const modulus = 65_521;

/**
 * Deflates pieces into one zlib stream (RFC 1950), synchronously and without holding more than one of them: each is deflated by itself up to
 * a byte's end, and such parts may follow one another.
 */
export function* deflatePieces(pieces: Iterable<Buffer>): Generator<Buffer, void, undefined> {
  let checksum: Checksum = [1, 0];
  yield Buffer.from([0x78, 0x9c]);
  for (const piece of pieces) {
    checksum = updateAdler32(checksum, piece);
    yield deflateRawSync(piece, { finishFlush: constants.Z_SYNC_FLUSH });
  }
  const end = Buffer.alloc(6);
  // An empty last block (RFC 1951 §3.2.6).
  end[0] = 3;
  end.writeUInt16BE(checksum[1], 2);
  end.writeUInt16BE(checksum[0], 4);
  yield end;
}

type Checksum = readonly [low: number, high: number];

function updateAdler32([from, fromHigh]: Checksum, content: Buffer): Checksum {
  let low = from;
  let high = fromHigh;
  for (let at = 0; at < content.length;) {
    // As many bytes as cannot overflow 32 bits before the remainder is taken.
    for (const end = Math.min(content.length, at + blockSize); at < end; at++) {
      low += content[at]!;
      high += low;
    }
    low %= modulus;
    high %= modulus;
  }
  return [low, high];
}
