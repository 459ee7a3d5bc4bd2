import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { BusboyInstance } from '@fastify/busboy';
import { ApiError } from '../api-error.ts';

/** A file of a form, while it comes in. */
export interface FormFile {
  readonly field: string;
  /** As the client says, without folders. */
  readonly fileName: string;
  readonly content: Readable;
}

/** Fields are short: they are held in memory. */
const limits = { fields: 50, fieldSize: 65_536, files: 1, parts: 60, headerPairs: 20, headerSize: 16_384 };

/**
 * Reads a form (RFC 7578) as it comes in: its one file goes to `takeFile`, piece by piece, and the fields are returned when all is there. Fields that
 * come twice, a second file, and what breaks off are refused.
 */
export async function readForm(
  body: Readable,
  contentType: string,
  takeFile: (file: FormFile) => Promise<void>,
): Promise<Readonly<Record<string, string>>> {
  const parser = openParser(contentType);
  const fields = new Map<string, string>();
  const ended = Promise.withResolvers<void>();
  let file: Readable | undefined;
  let taking: Promise<void> | undefined;

  function fail(error: Error): void {
    ended.reject(error);
    body.unpipe(parser).destroy();
    file?.destroy(error);
  }
  const refuse = (path: string, message: string): void => fail(invalidForm(path, message));

  parser.on('field', (name: string | undefined, value: string, _: boolean, isCut: boolean) => {
    if (name === undefined) return refuse('', 'holds a part without a name');
    if (isCut) return refuse(`/${name}`, 'is too long');
    if (fields.has(name)) return refuse(`/${name}`, 'is there twice');
    fields.set(name, value);
  });
  parser.on('file', (field: string | undefined, content: Readable, fileName: string | undefined) => {
    file = content;
    // Whoever reads it is told; whoever does not want it need not listen.
    content.on('error', () => {});
    taking = takeFile({ field: field ?? '', fileName: fileName ?? '', content }).catch(fail);
  });
  for (const [event, what] of [
    ['partsLimit', 'parts'],
    ['filesLimit', 'files'],
    ['fieldsLimit', 'fields'],
  ] as const)
    parser.on(event, () => refuse('', `holds too many ${what}`));
  parser.on('error', () => refuse('', 'breaks off, or is no form'));
  parser.on('finish', ended.resolve);
  body.on('error', fail);
  body.pipe(parser);
  try {
    await ended.promise;
  } finally {
    await taking;
  }
  return Object.fromEntries(fields);
}

function openParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits, isPartAFile: (_, __, fileName) => fileName !== undefined });
  } catch {
    throw new ApiError('UNREADABLE', 'The body cannot be read: its Content-Type names no boundary.');
  }
}

function invalidForm(path: string, message: string): ApiError {
  return new ApiError('INVALID', `The body is not valid: ${path || 'it'} ${message}.`, {
    errors: [{ in: 'body', path, message }],
  });
}
