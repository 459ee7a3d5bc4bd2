import type { AssetSpool } from './asset-spool.ts';
import type { ImportLedger, LedgerEntry } from './import-ledger.ts';
import type { PhoenixClient } from './phoenix-client.ts';
import { PhoenixError } from './phoenix-error.ts';
import type { FindingsImport, ImportOutcome, ImportType } from './phoenix-import.ts';
import { buildBody, countBodyBytes, countFindings, digestBatch, halveBatch } from './plan-batches.ts';
import type { Assessment, Batch, Portion } from './plan-batches.ts';

/** What has become of the batches so far. */
export interface Progress {
  readonly firstRefusal: string;
  outcome(): ImportOutcome;
  halved(): void;
  imported(portions: readonly Portion[]): void;
  refused(message: string): void;
}

export interface AssessmentImport {
  readonly assessment: Assessment;
  readonly batches: readonly (readonly Portion[])[];
  /** In the ledger the batches of all assessments are counted in one row. */
  readonly firstNumber: number;
  readonly spool: AssetSpool;
  readonly client: PhoenixClient;
  readonly ledger: ImportLedger;
  /** What the ledger held when the import began. */
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  readonly progress: Progress;
  readonly task: FindingsImport;
}

/**
 * Sends the batches of one assessment in their order. When the first, which may close findings, is not taken, none is sent; a later one that
 * Phoenix refuses keeps none of the others back.
 *
 * Sending a batch twice does no harm as long as nothing came between: the second time, it says the same. So whatever may pass is tried again;
 * but a first batch whose request broke off, and which Phoenix may still be busy with, is given time before anything else is sent.
 */
export async function sendAssessment(work: AssessmentImport): Promise<void> {
  const { assessment, batches, firstNumber, spool, client, ledger, entries, progress, task } = work;
  const { target, options, signal, onProgress: report = () => {} } = task;
  /** What is about as large as what was too large, is. */
  let mostBytes = Math.min(...[...entries.values()].map(({ state, bytes }) => (state === 'halved' ? bytes * nearlyAll : Infinity)));
  let isFirst = true;
  let isOnly = batches.length === 1;

  for (const [index, portions] of batches.entries()) await settle({ id: String(firstNumber + index), assessment, portions });

  /** Until it is imported or refused, as a whole or in halves. */
  async function settle(batch: Batch): Promise<void> {
    const entry = entries.get(batch.id);
    const digest = digestBatch(batch, spool);
    if (entry !== undefined && entry.digest !== digest) throw changedError();
    if (entry?.state === 'imported') {
      finish(batch, true);
      return;
    }
    const halves = halveBatch(batch, spool);
    if (entry?.state !== 'halved') {
      const { bytes } = describe(batch, digest, 'halved');
      const mayFit = halves === undefined || bytes < mostBytes;
      if (mayFit && (await send(batch, digest, entry))) return;
      mostBytes = Math.min(mostBytes, bytes * nearlyAll);
      await ledger.save(describe(batch, digest, 'halved'));
    }
    isOnly = false;
    progress.halved();
    report({ type: 'halved', batch: batch.id });
    for (const half of halves!) await settle(half);
  }

  /** Whether it is done with; else it is too large. */
  async function send(batch: Batch, digest: string, earlier: LedgerEntry | undefined): Promise<boolean> {
    const importType = chooseType();
    if (earlier?.state === 'sending') await letSettle(Date.parse(earlier.at));
    for (let failures = 1; ; failures++) {
      const entry = describe(batch, digest, 'sending');
      await ledger.save(entry);
      const answer = await client.send({
        path: '/v1/import/assets',
        method: 'POST',
        contentType: 'application/json',
        body: { bytes: entry.bytes, read: () => buildBody(batch, importType, spool) },
      });
      switch (answer.outcome) {
        case 'accepted': {
          const { id } = answer.body;
          await ledger.save({ ...entry, state: 'imported', ...(typeof id === 'string' && { requestId: id.slice(0, longestRequestId) }) });
          finish(batch, false);
          return true;
        }
        case 'too-large':
          if (halveBatch(batch, spool) !== undefined) return false;
          throw new PhoenixError('PHOENIX_TOO_LARGE', `A single finding is larger than Phoenix takes. ${answer.message}`);
        case 'refused':
          await ledger.save({ ...entry, state: 'refused' });
          if (importType !== 'delta')
            throw new PhoenixError('PHOENIX_REFUSED', `Phoenix did not take the first batch, so no other was sent. ${answer.message}`);
          progress.refused(answer.message);
          report({ type: 'refused', batch: batch.id, message: answer.message, outcome: progress.outcome() });
          return true;
        case 'failed':
          await client.pause(answer, failures);
          if (answer.isProcessed === 'perhaps-still') await letSettle(Date.parse(entry.at));
      }
    }
  }

  function chooseType(): ImportType {
    return isFirst ? target.importType : 'delta';
  }

  /** What was sent then may still be at work, and close what comes after it. */
  async function letSettle(sentAt: number): Promise<void> {
    if (chooseType() === 'delta' || isOnly) return;
    const seconds = (sentAt - client.clock.now()) / 1000 + (options.settleSeconds ?? 300);
    if (!(seconds > 0)) return;
    report({ type: 'waiting', seconds, reason: 'Whether Phoenix has taken the first batch is not known. It is given time to finish.' });
    await client.clock.wait(seconds * 1000, signal);
  }

  function finish(batch: Batch, isEarlier: boolean): void {
    isFirst = false;
    progress.imported(batch.portions);
    report({ type: 'imported', batch: batch.id, isEarlier, outcome: progress.outcome() });
  }

  function describe(batch: Batch, digest: string, state: LedgerEntry['state']): LedgerEntry {
    return {
      batch: batch.id,
      digest,
      state,
      importType: chooseType(),
      assets: batch.portions.length,
      findings: countFindings(batch.portions),
      bytes: countBodyBytes(batch, chooseType(), spool),
      at: new Date(client.clock.now()).toISOString(),
    };
  }
}

const longestRequestId = 200;
const nearlyAll = 0.9;

export function changedError(): PhoenixError {
  return new PhoenixError(
    'PHOENIX_IMPORT_CHANGED',
    'These are not the findings, or not the limits of batches, with which this import began, so it cannot go on. Begin a new one.',
  );
}
