import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { readZipReport } from './read-zip-report.ts';
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

/**
 * Opens a report as plain UTF-8, whatever it comes as: gzip and ZIP are unpacked, UTF-16 converted and byte order marks passed over. What
 * must be written anew goes into a folder of its own below `workDirectory` and goes away with the report.
 *
 * Throws REPORT_UNREADABLE when it is packed and damaged, REPORT_UNKNOWN when an archive does not hold one report, REPORT_TOO_LARGE when it
 * unpacks to more than is read, and the file system's own errors.
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
  const plain = chooseStep(path, start, bytes.byteLength);
  if (plain === undefined) return bytes;
  await bytes[Symbol.asyncDispose]();
  if (options.stepsLeft === 0) throw new ReportError('REPORT_TOO_LARGE', `The report is packed more than ${mostSteps} times.`);
  return rewrite(plain(), options);
}

/** What makes plain text of a file with this beginning; undefined where it is plain. */
function chooseStep(path: string, start: Buffer, packedBytes: number): (() => Step) | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return () => [createReadStream(path), createGunzip(), limitOutput(packedBytes)];
  if (start.equals(zipStart) || start.equals(emptyZip)) return () => [Readable.from(readZipReport(path)), limitOutput(packedBytes)];
  const encoding = findUtf16(start);
  return encoding && (() => [createReadStream(path), decodeUtf16(encoding)]);
}

type Step = readonly [Readable, ...Transform[]];

const zipStart = Buffer.from('PK\x03\x04', 'latin1');
const emptyZip = Buffer.from('PK\x05\x06', 'latin1');

/** By the mark, or by what text in ASCII looks like without one. */
function findUtf16([a, b, c, d]: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be';
  return undefined;
}

async function rewrite(step: Step, { workDirectory, stepsLeft }: StepOptions): Promise<ReportBytes> {
  const folder = await mkdtemp(join(workDirectory, 'report-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const plain = join(folder, 'plain');
    await pipeline([...step, createWriteStream(plain)]);
    const bytes = await openStep(plain, { workDirectory, stepsLeft: stepsLeft - 1 });
    return {
      byteLength: bytes.byteLength,
      read: (target, position) => bytes.read(target, position),
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

function limitOutput(packedBytes: number): Transform {
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      count += chunk.length;
      const isBomb = count > maximumUnpackedBytes || (count > ratioCountsFromBytes && count > packedBytes * maximumRatio);
      if (isBomb)
        done(new ReportError('REPORT_TOO_LARGE', `The report unpacks to more than is read: ${packedBytes} bytes to over ${count}.`));
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
