import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type ReportAccepted, operations } from '@deployguard/contracts';
import type { ServerClient } from '../client/server-client.ts';
import type { UploadFlags } from '../commands/upload.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../terminal/progress.ts';
import { listFields } from './list-fields.ts';
import { uploadParts } from './upload-parts.ts';

/** Hands one report over, piece by piece, as a form (RFC 7578). @throws {ServerError} */
export async function uploadReport(client: ServerClient, file: string, flags: UploadFlags, context: CliContext): Promise<ReportAccepted> {
  const { quiet, json, partSize: partMegabytes, resume } = flags;
  const { stderr, workingDirectory, signal } = context;
  const fields = listFields(flags, context);
  const path = resolve(workingDirectory, file);
  const { size: total } = await stat(path);
  const progress = createProgress(stderr, { isQuiet: (quiet ?? false) || (json ?? false) });
  const boundary = `deployguard-${randomUUID()}`;

  async function* form(uploadId: string | undefined): AsyncGenerator<Buffer> {
    for (const [name, value] of Object.entries({ ...fields, upload_id: uploadId }))
      if (value !== undefined) yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    if (uploadId === undefined) yield* filePart();
    yield Buffer.from(`--${boundary}--\r\n`);
  }

  async function* filePart(): AsyncGenerator<Buffer> {
    const disposition = `form-data; name="file"; filename="${escapeName(basename(path))}"`;
    yield Buffer.from(`--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`);
    let bytes = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      progress.update({ label: `Uploading ${basename(path)}`, done: bytes, total, bytes });
      yield chunk;
    }
    yield Buffer.from('\r\n');
  }

  try {
    const isInParts = resume !== undefined || total > partMegabytes * 1_000_000;
    const uploadId = isInParts
      ? await uploadParts(client, { path, total, partBytes: partMegabytes * 1_000_000, resume }, progress, signal)
      : undefined;
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const response = await client.open(operations.uploadReport, { body: form(uploadId) }, { headers });
    return (await response.json()) as ReportAccepted;
  } finally {
    progress.stop();
  }
}

/** As browsers do (WHATWG HTML, multipart/form-data encoding). */
function escapeName(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
