import { isTar } from '../../detect/unpack/read-tar.ts';
import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { Container } from './container.ts';
import { isGzip, openGzip } from './open-gzip.ts';
import { isPdf, openPdf } from './open-pdf.ts';
import { isZlib, isZstd, openZlib, openZstd } from './open-streams.ts';
import { openPackedText } from './open-packed-text.ts';
import { openTar } from './open-tar.ts';
import { isWideText, openWideText } from './open-wide-text.ts';
import { isZip, openZip } from './open-zip.ts';

interface Format {
  readonly recognizes: (content: Buffer) => boolean;
  /** `undefined` for what only begins like it. */
  readonly open: (content: Buffer, budget: UnpackBudget) => Container | undefined;
}

const formats: readonly Format[] = [
  { recognizes: isGzip, open: openGzip },
  { recognizes: isZip, open: openZip },
  { recognizes: isZstd, open: openZstd },
  { recognizes: isZlib, open: openZlib },
  { recognizes: isPdf, open: openPdf },
  { recognizes: isWideText, open: openWideText },
  { recognizes: isTar, open: openTar },
];

/** Formats that cannot be written anew: those that begin so. */
const sealedFormats: readonly (readonly [magic: Buffer, format: string])[] = [
  [Buffer.from('fd377a585a00', 'hex'), 'xz'],
  [Buffer.from('BZh'), 'bzip2'],
  [Buffer.from('377abcaf271c', 'hex'), '7z'],
  [Buffer.from('526172211a07', 'hex'), 'rar'],
];

/** What such a file has behind its first bytes: three letters alone are no sign. */
const bzip2Block = Buffer.from('314159265359', 'hex');

/** Whether the content begins as a container does. Depends on its first 512 bytes and on whether there are more. */
export function isContainer(content: Buffer): boolean {
  return findFormat(content) !== undefined || findSealedFormat(content) !== undefined;
}

/** `undefined` for what is no container, and holds none in base64. */
export function openContainer(content: Buffer, budget: UnpackBudget): Container | undefined {
  const sealed = findSealedFormat(content);
  if (sealed !== undefined) return { format: sealed, members: () => [] };
  const format = findFormat(content);
  return format ? format.open(content, budget) : openPackedText(content, budget);
}

function findFormat(content: Buffer): Format | undefined {
  return formats.find(({ recognizes }) => recognizes(content));
}

function findSealedFormat(content: Buffer): string | undefined {
  const [, format] =
    sealedFormats.find(([magic]) => content.length > 16 && content.compare(magic, 0, magic.length, 0, magic.length) === 0) ?? [];
  return format === 'bzip2' && content.compare(bzip2Block, 0, bzip2Block.length, 4, 10) !== 0 ? undefined : format;
}
