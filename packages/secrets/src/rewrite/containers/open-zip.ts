import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { Container, ContainerMember } from './container.ts';
import { listZipParts } from './list-zip-parts.ts';
import type { ZipFile, ZipPart } from './list-zip-parts.ts';
import { readZipDirectory } from './read-zip-layout.ts';
import { rebuildZip } from './rebuild-zip.ts';
import { unpackStream } from './unpack-stream.ts';

const encryptedFlag = 1;
/** Of a Java archive, an Office document (OPC, ODF), a NuGet package; a Python wheel lists checksums. */
const sealNames =
  /^(?:META-INF\/[^/]+\.(?:SF|RSA|DSA|EC)|META-INF\/documentsignatures\.xml|_xmlsignatures\/.*\.xml|\.signature\.p7s|[^/]+\.dist-info\/RECORD)$/i;
const androidSeal = Buffer.from('APK Sig Block 42');

export function isZip(content: Buffer): boolean {
  return content.length >= 30 && content.readUInt32BE(0) === 0x504b0304;
}

/** A zip file (also .jar, .docx, .whl, .apk …), with the entries that its directory does not list. */
export function openZip(content: Buffer, budget: UnpackBudget): Container {
  const directory = readZipDirectory(content);
  const layout = listZipParts(content, directory, budget);
  const files = layout.parts.flatMap(({ file }) => file ?? []);
  return {
    format: 'zip',
    members,
    rebuild: (changes) => rebuildZip({ content, directory, layout, files }, changes),
    seals: listSeals(content, files, layout.parts),
  };

  function* members(): Iterable<ContainerMember> {
    for (const [index, file] of files.entries()) {
      const name = file.local.name.toString('latin1');
      const member = { index, name, isPlain: file.local.method === 0 };
      if (!budget.takeEntry('zip file')) {
        yield { ...member, unread: 'it has more members than the limit' };
        return;
      }
      if (file.dataEnd > file.local.dataStart) yield { ...member, ...readFile(content, file, budget) };
    }
  }
}

function readFile(content: Buffer, { local, dataEnd }: ZipFile, budget: UnpackBudget): Pick<ContainerMember, 'content' | 'unread'> {
  const packed = content.subarray(local.dataStart, dataEnd);
  if (local.flags & encryptedFlag) return {};
  if (local.method === 0) return { content: packed };
  const form = local.method === 8 ? 'deflate' : local.method === 93 ? 'zstd' : undefined;
  const stream = form && unpackStream(form, packed, budget);
  if (stream === 'limit') return { unread: 'it unpacks to more than the limit' };
  return stream === undefined || stream === 'damaged' ? {} : { content: stream.content };
}

function listSeals(content: Buffer, files: readonly ZipFile[], parts: readonly ZipPart[]): string[] {
  const names = files.map(({ local }) => local.name.toString('latin1')).filter((name) => sealNames.test(name));
  const isSealed = parts.some(({ file, start, end }) => !file && content.subarray(start, end).includes(androidSeal));
  return isSealed ? [...names, 'APK signing block'] : names;
}
