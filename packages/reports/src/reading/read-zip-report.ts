import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ReportError } from './report-error.ts';

const mostMembers = 10_000;

/** What Fortify's archives hold: what was found, and what people said about it. */
const fortifyFindings = 'audit.fvdl';
const fortifyAudit = 'audit.xml';

/**
 * The report in a ZIP archive. There is one file that may be it, or the archive is one of Fortify's (`.fpr`), whose two documents come as
 * one: `<Fpr><FVDL>…</FVDL><Audit>…</Audit></Fpr>`. Names of members choose, and are used for nothing else.
 *
 * Throws REPORT_UNKNOWN when there is no file in it, or several, REPORT_UNREADABLE for what is damaged or encrypted, and REPORT_TOO_LARGE
 * for too many members. How much comes out is for the caller to limit.
 */
export async function* readZipReport(path: string): AsyncGenerator<Buffer> {
  const zip = await open(path);
  try {
    const members = await listMembers(zip);
    const findings = members.find(({ fileName }) => fileName === fortifyFindings);
    if (findings) yield* readFortify(zip, findings, members);
    else yield* readMember(zip, chooseMember(members));
  } catch (error) {
    throw isOfSystem(error) || error instanceof ReportError ? error : damaged();
  } finally {
    zip.close();
  }
}

async function open(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false });
  } catch (error) {
    throw isOfSystem(error) ? error : damaged();
  }
}

/** The files that may be reports: systems and people add folders, and files that nobody sees. */
async function listMembers(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > mostMembers) throw new ReportError('REPORT_TOO_LARGE', `The archive holds more than ${mostMembers} files.`);
  const members: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!/\/$|^__MACOSX\/|(?:^|\/)\.[^/]*$/.test(entry.fileName)) members.push(entry);
  }
  return members;
}

function chooseMember(members: readonly Entry[]): Entry {
  const [member] = members;
  if (member === undefined) throw new ReportError('REPORT_UNKNOWN', 'The archive holds no file.');
  if (members.length > 1)
    throw new ReportError('REPORT_UNKNOWN', `The archive holds ${members.length} files: unpack it and give the reports one by one.`);
  return member;
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
  for await (const chunk of (await zip.openReadStreamPromise(member)) as AsyncIterable<Buffer>) {
    sum = crc32(chunk, sum);
    yield chunk;
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

/** The file system's own errors have a code, those of packing begin with `Z_`. */
function isOfSystem(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && !code.startsWith('Z_');
}

function damaged(): ReportError {
  return new ReportError('REPORT_UNREADABLE', 'The report is packed with ZIP, and damaged.');
}
