import type { Layer } from './layer.ts';
import type { UnpackBudget } from './unpack-budget.ts';

const blockBytes = 512;
const checksumStart = 148;
const checksumEnd = 156;
const checksumBytes = new Set(Buffer.from(' 01234567', 'latin1'));

/** Whether content begins with a tar header (POSIX, GNU or the old form): the header's own checksum says so. */
export function isTar(content: Buffer): boolean {
  return content.length >= blockBytes && hasTarChecksum(content, 0);
}

/** Members of a tar archive as parts of it, up to the first block that is no header. Links and devices have no content. */
export function* readTar(content: Buffer, budget: UnpackBudget): Generator<Layer> {
  let longName: string | undefined;
  for (let at = 0; at + blockBytes <= content.length && hasTarChecksum(content, at);) {
    const size = readNumber(content.subarray(at + 124, at + 136));
    const start = at + blockBytes;
    const end = Math.min(content.length, start + size);
    const type = String.fromCharCode(content[at + 156]!);
    const data = content.subarray(start, end);
    if (type === 'L') {
      longName = readText(data);
    } else if (type === 'x') {
      longName = /(?<!\d)\d+ path=([^\n]*)\n/.exec(data.subarray(0, 65_536).toString('latin1'))?.[1];
    } else {
      const innerPath = longName ?? readName(content, at);
      longName = undefined;
      if (data.length > 0 && type !== 'g') {
        if (!budget.takeEntry('tar archive')) return;
        yield { encoding: 'tar', innerPath, content: data, start, end, toOuter: (from, to) => [start + from, start + to] };
      }
    }
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
}

function hasTarChecksum(content: Buffer, at: number): boolean {
  if (content[at] === 0 || !checksumBytes.has(content[at + checksumStart + 1]!)) return false;
  let sum = 0;
  for (let i = 0; i < blockBytes; i++) sum += i >= checksumStart && i < checksumEnd ? 0x20 : content[at + i]!;
  return readNumber(content.subarray(at + checksumStart, at + checksumEnd)) === sum;
}

/** Octal text, or base 256 when the first bit is set. NaN when it is neither. */
function readNumber(field: Buffer): number {
  if (field[0]! & 0x80) {
    let value = field[0]! & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return value <= Number.MAX_SAFE_INTEGER ? value : NaN;
  }
  const digits = readText(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
}

function readName(content: Buffer, at: number): string {
  const name = readText(content.subarray(at, at + 100));
  const isPosix = content.toString('latin1', at + 257, at + 263) === 'ustar\0';
  const prefix = isPosix ? readText(content.subarray(at + 345, at + 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? field.length : end);
}
