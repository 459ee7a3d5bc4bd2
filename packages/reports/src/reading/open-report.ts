import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { openZipReport } from './read-zip-report.ts';
import { openReportFile } from './report-bytes.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';

/** Of what a packed report may become: more is an attack, or a mistake. */
const maximumUnpackedBytes = 16 * 2 ** 30;

/** A report that packs better than this is an attack (P3). */
const maximumRatio = 100;
const ratioCountsFromBytes = 64 * 2 ** 20;

/** What is packed may be packed again, and be in UTF-16: a content that unpacks to itself never ends. */
const mostSteps = 4;

/** Of a file of an archive; archives of many files in archives of many files soon are too many. */
const mostMemberSteps = 2;

/**
 * Opens a report as plain UTF-8, whatever it comes as: gzip and ZIP are unpacked, UTF-16 converted and byte order marks passed over. What
 * must be written anew goes into a folder of its own below `workDirectory` and goes away with the report. An archive of several files has
 * `members`.
 *
 * Throws REPORT_UNREADABLE when it is packed and damaged, REPORT_UNKNOWN when an archive holds no file, REPORT_TOO_LARGE when it unpacks to
 * more than is read, and the file system's own errors.
 */
export async function openReport(path: string, { workDirectory }: { readonly workDirectory: string }): Promise<ReportBytes> {
  return openStep(path, { workDirectory, stepsLeft: mostSteps });
}

interface StepOptions {
  readonly workDirectory: string;
  readonly stepsLeft: number;
}

async function openStep(path: string, options: StepOptions): Promise<ReportBytes> {
  const bytes = await openReportFile(path);
  const start = Buffer.alloc(4);
  try {
    await bytes.read(start, 0);
  } catch (error) {
    await bytes[Symbol.asyncDispose]();
    throw error;
  }
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return skipBytes(bytes, 3);
  const unpack = chooseUnpacking(path, start, bytes.byteLength, options);
  if (unpack === undefined) return bytes;
  await bytes[Symbol.asyncDispose]();
  if (options.stepsLeft === 0) throw new ReportError('REPORT_TOO_LARGE', `The report is packed more than ${mostSteps} times.`);
  return unpack();
}

const zipStart = Buffer.from('PK\x03\x04', 'latin1');
const emptyZip = Buffer.from('PK\x05\x06', 'latin1');

/** What makes plain text of a file with this beginning; undefined where it is plain. */
function chooseUnpacking(path: string, start: Buffer, packedBytes: number, options: StepOptions): (() => Promise<ReportBytes>) | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) {
    return () => rewrite([createReadStream(path), createGunzip(), limitOutput(packedBytes)], options);
  }
  if (start.equals(zipStart) || start.equals(emptyZip)) return () => openArchive(path, packedBytes, options);
  const encoding = findUtf16(start);
  return encoding && (() => rewrite([createReadStream(path), decodeUtf16(encoding)], options));
}

async function openArchive(path: string, packedBytes: number, options: StepOptions): Promise<ReportBytes> {
  const content = await openZipReport(path);
  if ('document' in content) return rewrite([Readable.from(content.document), limitOutput(packedBytes)], options);
  const members: ReportBytes[] = [];
  const dispose = async (): Promise<void> => {
    for (const member of members) await member[Symbol.asyncDispose]();
  };
  const total = { bytes: 0 };
  const memberOptions = { ...options, stepsLeft: Math.min(options.stepsLeft, mostMemberSteps) };
  try {
    for await (const file of content.files)
      members.push(await rewrite([Readable.from(file), limitOutput(packedBytes, total)], memberOptions));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    byteLength: members.reduce((sum, { byteLength }) => sum + byteLength, 0),
    read: () => Promise.resolve(0),
    members,
    [Symbol.asyncDispose]: dispose,
  };
}

/** By the mark, or by what text in ASCII looks like without one. */
function findUtf16([a, b, c, d]: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be';
  return undefined;
}

async function rewrite(steps: readonly [Readable, ...Transform[]], { workDirectory, stepsLeft }: StepOptions): Promise<ReportBytes> {
  const folder = await mkdtemp(join(workDirectory, 'report-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const plain = join(folder, 'plain');
    await pipeline([...steps, createWriteStream(plain)]);
    const bytes = await openStep(plain, { workDirectory, stepsLeft: stepsLeft - 1 });
    return {
      ...bytes,
      async [Symbol.asyncDispose]() {
        await bytes[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) throw new ReportError('REPORT_UNREADABLE', 'The report is packed with gzip, and damaged.');
    throw error;
  }
}

/** `total` is that of all files of an archive. */
function limitOutput(packedBytes: number, total = { bytes: 0 }): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      total.bytes += chunk.length;
      const { bytes } = total;
      const isBomb = bytes > maximumUnpackedBytes || (bytes > ratioCountsFromBytes && bytes > packedBytes * maximumRatio);
      if (isBomb)
        done(new ReportError('REPORT_TOO_LARGE', `The report unpacks to more than is read: ${packedBytes} bytes to over ${bytes}.`));
      else done(null, chunk);
    },
  });
}

function decodeUtf16(encoding: 'utf-16le' | 'utf-16be'): Transform {
  const decoder = new TextDecoder(encoding);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      done(null, decoder.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, decoder.decode());
    },
  });
}

function skipBytes(bytes: ReportBytes, count: number): ReportBytes {
  return {
    byteLength: bytes.byteLength - count,
    read: (target, position) => bytes.read(target, position + count),
    [Symbol.asyncDispose]: () => bytes[Symbol.asyncDispose](),
  };
}
