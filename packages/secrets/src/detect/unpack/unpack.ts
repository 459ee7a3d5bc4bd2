import { decodeWideText, findWideForm } from './decode-wide-text.ts';
import { inflateStream } from './inflate-stream.ts';
import type { StreamForm } from './inflate-stream.ts';
import type { Layer } from './layer.ts';
import { isTar, readTar } from './read-tar.ts';
import { isZip, readZip } from './read-zip.ts';
import type { UnpackBudget } from './unpack-budget.ts';

/**
 * Whether content must be looked at as a whole because it is packed or in a wide encoding.
 * Depends on its first 512 bytes and on whether there are more, so that it can be asked of a prefix of at least that size.
 */
export function isWrapped(content: Buffer): boolean {
  return findForm(content) !== undefined;
}

/** What the content holds, one level deep: members, the unpacked stream, or the text in UTF-8. Nothing when it is not wrapped. */
export function* unpack(content: Buffer, budget: UnpackBudget): Generator<Layer> {
  const form = findForm(content);
  switch (form) {
    case undefined:
      return;
    case 'wide':
      if (content.length <= budget.allowance(content.length)) yield decodeWideText(content, findWideForm(content)!);
      else budget.skip('text in UTF-16 or UTF-32', 'the limit on unpacked bytes is reached');
      return;
    case 'zip':
      yield* readZip(content, budget);
      return;
    case 'tar':
      yield* readTar(content, budget);
      return;
    case 'gzip':
    case 'zlib':
    case 'zstd': {
      if (!budget.takeEntry(`${form} stream`)) return;
      const unpacked = inflateStream(content, form, `${form} stream`, budget);
      if (unpacked && unpacked.length > 0) yield { encoding: form, content: unpacked, start: 0, end: content.length };
      return;
    }
    default:
      budget.skip(`${form} archive`, 'this format is not supported');
  }
}

type Form = StreamForm | 'zip' | 'tar' | 'wide' | 'bzip2' | 'xz' | '7z' | 'rar';

const magics: readonly (readonly [string, Form])[] = [
  ['\x1f\x8b\x08', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  // What zstd programs note before the first frame (RFC 8878 §3.1.2).
  ...Array.from('PQRSTUVWXYZ[\\]^_', (first): [string, Form] => [`${first}\x2a\x4d\x18`, 'zstd']),
  ['\x78\x01', 'zlib'],
  ['\x78\x9c', 'zlib'],
  ['\x78\xda', 'zlib'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ\0', 'xz'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['Rar!\x1a\x07', 'rar'],
];
/** Nearly every object is asked: one look at two of its bytes has to do. */
const magicsByStart = Map.groupBy(magics, ([bytes]) => bytes.charCodeAt(0) * 256 + bytes.charCodeAt(1));

function findForm(content: Buffer): Form | undefined {
  if (content.length < 2) return undefined;
  const magic = magicsByStart
    .get(content[0]! * 256 + content[1]!)
    ?.find(([bytes]) => content.toString('latin1', 0, bytes.length) === bytes);
  if (magic) return magic[1];
  if (isZip(content)) return 'zip';
  if (findWideForm(content)) return 'wide';
  return isTar(content) ? 'tar' : undefined;
}
