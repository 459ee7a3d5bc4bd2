import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ReportError } from './report-error.ts';

const mostMembers = 10_000;

/** Files that are looked at, when it is not clear which is the report. */
const mostReports = 100;

/** What Fortify's archives hold: what was found, and what people said about it. */
const fortifyFindings = 'audit.fvdl';
const fortifyAudit = 'audit.xml';

/** The report in an archive, or its files, each of which may be one. */
export type ZipContent = { readonly document: AsyncIterable<Buffer> } | { readonly files: AsyncIterable<AsyncIterable<Buffer>> };

/**
 * What is in a ZIP archive: the one file that it holds, or its files one after the other; of one of Fortify's archives (`.fpr`) its two
 * documents as one, `<Fpr><FVDL>…</FVDL><Audit>…</Audit></Fpr>`. Names of members choose, and are used for nothing else. What comes out
 * is read once and to its end, and how much that is is for the caller to limit.
 *
 * Throws, also while it is read, REPORT_UNKNOWN when there is no file in it, REPORT_UNREADABLE for what is damaged or encrypted, and
 * REPORT_TOO_LARGE for too many files.
 */
export async function openZipReport(path: string): Promise<ZipContent> {
  const zip = await open(path);
  try {
    const members = await listMembers(zip);
    const [first] = members;
    const findings = members.find(({ fileName }) => fileName === fortifyFindings);
    if (first === undefined) throw new ReportError('REPORT_UNKNOWN', 'The archive holds no file.');
    if (findings) return { document: closing(zip, readFortify(zip, findings, members)) };
    if (members.length === 1) return { document: closing(zip, readMember(zip, first)) };
    if (members.length > mostReports) throw new ReportError('REPORT_TOO_LARGE', `The archive holds more than ${mostReports} files.`);
    return { files: closing(zip, readMembers(zip, members)) };
  } catch (error) {
    zip.close();
    throw toReportError(error);
  }
}

async function* closing<Item>(zip: ZipFile, items: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* items;
  } finally {
    zip.close();
  }
}

async function* readMembers(zip: ZipFile, members: readonly Entry[]): AsyncGenerator<AsyncIterable<Buffer>> {
  for (const member of members) yield readMember(zip, member);
}

async function open(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false });
  } catch (error) {
    throw toReportError(error);
  }
}

/** The files that may be reports: systems and people add folders, and files that nobody sees. */
async function listMembers(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > mostMembers) throw new ReportError('REPORT_TOO_LARGE', `The archive holds more than ${mostMembers} files.`);
  const members: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (isFile(entry) && !/\/$|^__MACOSX\/|(?:^|\/)\.[^/]*$/.test(entry.fileName)) members.push(entry);
  }
  return members;
}

/** No link, device or pipe. What other systems than Unix pack has no type. */
function isFile({ externalFileAttributes }: Entry): boolean {
  const type = (externalFileAttributes >>> 16) & 0o170000;
  return type === 0 || type === 0o100000;
}

async function* readFortify(zip: ZipFile, findings: Entry, members: readonly Entry[]): AsyncGenerator<Buffer> {
  yield Buffer.from('<Fpr>');
  yield* withoutDeclaration(readMember(zip, findings));
  const audit = members.find(({ fileName }) => fileName === fortifyAudit);
  if (audit) yield* withoutDeclaration(readMember(zip, audit));
  yield Buffer.from('</Fpr>');
}

async function* readMember(zip: ZipFile, member: Entry): AsyncGenerator<Buffer> {
  if (!member.canDecodeFileData())
    throw new ReportError('REPORT_UNREADABLE', 'The archive is encrypted, or packed in a way that is not read.');
  let sum = 0;
  try {
    for await (const chunk of (await zip.openReadStreamPromise(member)) as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw toReportError(error);
  }
  if (sum !== member.crc32) throw damaged();
}

/** An XML declaration stands at the beginning of a document only. */
async function* withoutDeclaration(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let beginning: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (beginning === undefined) yield chunk;
    else {
      beginning = Buffer.concat([beginning, chunk]);
      if (beginning.length < 1024) continue;
      yield cutDeclaration(beginning);
      beginning = undefined;
    }
  }
  if (beginning) yield cutDeclaration(beginning);
}

function cutDeclaration(beginning: Buffer): Buffer {
  const declaration = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>/.exec(beginning.toString('latin1', 0, 1024))?.[0] ?? '';
  return beginning.subarray(declaration.length);
}

/** The file system's own errors have a code, as ours do; those of packing begin with `Z_`. */
function toReportError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || code.startsWith('Z_') ? damaged() : error;
}

function damaged(): ReportError {
  return new ReportError('REPORT_UNREADABLE', 'The report is packed with ZIP, and damaged.');
}
