import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { LedgerEntry } from './import-ledger.ts';
import { createPhoenixClient } from './phoenix-client.ts';
import type { PhoenixClient, PhoenixRequest } from './phoenix-client.ts';
import { PhoenixError } from './phoenix-error.ts';
import type { FileTranslation, TranslationOutcome } from './phoenix-import.ts';

/**
 * Gives a report to Phoenix as it is, for Phoenix to translate and import, and waits until it has. The alternative to `importFindings`, for what
 * Phoenix reads and we do not.
 *
 * A file is sent once: when it is not known whether it arrived, that is an error (PHOENIX_UNCERTAIN), because two translations at a time are in
 * each other's way. Begun again with its ledger, it waits for the one that was sent.
 */
export async function translateReport(task: FileTranslation): Promise<TranslationOutcome> {
  const { target, credentials, options, signal, ledger, onProgress: report = () => {} } = task;
  const client = createPhoenixClient({
    url: target.url,
    credentials,
    connection: options,
    signal,
    onWait: (seconds, reason) => report({ type: 'waiting', seconds, reason }),
  });
  const entry: LedgerEntry = {
    batch: 'file',
    digest: await digestFile(task),
    state: 'sending',
    importType: target.importType,
    assets: 0,
    findings: 0,
    bytes: (await stat(task.path)).size,
    at: new Date(client.clock.now()).toISOString(),
  };
  const earlier = (await ledger.list()).find(({ batch }) => batch === entry.batch);
  if (earlier !== undefined && earlier.digest !== entry.digest)
    throw new PhoenixError(
      'PHOENIX_IMPORT_CHANGED',
      'This is not the file with which this import began, so it cannot go on. Begin a new one.',
    );
  if (earlier?.state === 'sending' && earlier.requestId === undefined) throw uncertainError('An earlier upload was interrupted.');

  let requestId = earlier?.requestId;
  if (requestId === undefined) {
    await ledger.save(entry);
    try {
      requestId = await upload(client, buildUpload(task, entry.bytes));
    } catch (error) {
      // What has surely not arrived may be sent again.
      if (error instanceof PhoenixError && error.code !== 'PHOENIX_UNCERTAIN') await ledger.save({ ...entry, state: 'refused' });
      throw error;
    }
    await ledger.save({ ...entry, requestId });
    report({ type: 'uploaded', requestId });
  }
  const status = await waitUntilTranslated(client, requestId, task);
  await ledger.save({ ...entry, state: 'imported', requestId });
  return { requestId, status };
}

async function upload(client: PhoenixClient, request: PhoenixRequest): Promise<string> {
  for (let failures = 1; ; failures++) {
    const answer = await client.send(request);
    switch (answer.outcome) {
      case 'accepted': {
        const { id } = answer.body;
        if (typeof id === 'string' && /^[\w-]{1,200}$/.test(id)) return id;
        throw uncertainError('Phoenix took the file, and gave no id by which to ask for it.');
      }
      case 'too-large':
        throw new PhoenixError('PHOENIX_TOO_LARGE', `The file is larger than Phoenix takes. ${answer.message}`);
      case 'refused':
        throw new PhoenixError('PHOENIX_REFUSED', `Phoenix did not take the file. ${answer.message}`);
      case 'failed':
        if (answer.isProcessed !== 'no') throw uncertainError(answer.message);
        await client.pause(answer, failures);
    }
  }
}

async function waitUntilTranslated(client: PhoenixClient, requestId: string, task: FileTranslation): Promise<TranslationOutcome['status']> {
  const { pollSeconds = 10, longestTranslationSeconds = 3600 } = task.options;
  const end = client.clock.now() + longestTranslationSeconds * 1000;
  for (let failures = 0; ;) {
    const answer = await client.send({ path: `/v1/import/assets/file/translate/request/${requestId}`, method: 'GET' });
    if (answer.outcome === 'failed') {
      await client.pause(answer, ++failures);
      continue;
    }
    failures = 0;
    if (answer.outcome !== 'accepted')
      throw new PhoenixError('PHOENIX_REFUSED', `Phoenix does not tell what became of the file. ${answer.message}`);
    const { status, error } = answer.body;
    if (status === 'IMPORTED' || status === 'READY_FOR_IMPORT') return status;
    if (status === 'ERROR') {
      const reason = typeof error === 'string' && error !== '' ? ` ${client.clean(error)}` : '';
      throw new PhoenixError('PHOENIX_TRANSLATION_FAILED', `Phoenix could not translate the file as "${task.scanType}".${reason}`);
    }
    task.onProgress?.({ type: 'translating', requestId, status: client.clean(String(status)) });
    if (client.clock.now() >= end)
      throw new PhoenixError(
        'PHOENIX_UNAVAILABLE',
        `Phoenix was not done with the file after ${longestTranslationSeconds} seconds. Ask again later.`,
      );
    await client.clock.wait(pollSeconds * 1000, task.signal);
  }
}

/** A form (RFC 7578) whose file is read as it is sent. */
function buildUpload(
  { path, fileName = basename(path), scanType, scanTarget, autoImport = true, target }: FileTranslation,
  fileBytes: number,
): PhoenixRequest {
  const boundary = `deployguard-${randomUUID()}`;
  const fields: Readonly<Record<string, string | undefined>> = {
    scanType,
    assessmentName: target.assessmentName,
    importType: target.importType,
    scanTarget,
    autoImport: String(autoImport),
  };
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const name = fileName.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const type = 'Content-Type: application/octet-stream';
  const head = Buffer.from(
    `${parts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n${type}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    path: '/v1/import/assets/file/translate',
    method: 'POST',
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      bytes: head.length + fileBytes + tail.length,
      async *read() {
        yield head;
        yield* createReadStream(path) as AsyncIterable<Buffer>;
        yield tail;
      },
    },
  };
}

/** Of the file and of what is asked for it. */
async function digestFile({ path, scanType, scanTarget, autoImport, target }: FileTranslation): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify([scanType, scanTarget, autoImport, target.assessmentName, target.importType]));
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}

function uncertainError(reason: string): PhoenixError {
  return new PhoenixError(
    'PHOENIX_UNCERTAIN',
    `Whether Phoenix has the file is not known. ${reason} Look there before you begin a new import.`,
  );
}
