import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Proof, SigningKey } from '@deployguard/secrets';
import { fingerprintOf, signProof } from '@deployguard/secrets/signing';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Keyring } from '../../platform/keyring/index.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { beginWork } from './begin-work.ts';
import { chooseRequester } from './choose-requester.ts';
import type { CleanOrder } from './clean-child.ts';
import { digestSelection } from './digest-selection.ts';
import { jobChangedError, JobError } from './job-error.ts';
import type { CleanInput } from './kinds.ts';
import { nameRepository } from './name-repository.ts';
import { updateJob } from './queries.ts';
import { runJobChild } from './run-job-child.ts';
import type { KeptValue } from './scan-child.ts';
import { listSelectedHashes } from './secret-queries.ts';
import { steps } from './states.ts';
import { buildRunKeys } from './storage-keys.ts';
import { version } from './version.ts';
import { createWorkDirectory } from './work-directory.ts';
import type { WorkDirectory } from './work-directory.ts';

const child = new URL(`./clean-child${extname(import.meta.filename)}`, import.meta.url);

/** Rewrites the history without the selected values, proves it, and keeps what can be downloaded and pushed. */
export async function cleanJob(platform: Platform, input: CleanInput, context: TaskContext): Promise<void> {
  const { jobId } = input;
  const { storage, keyring } = platform;
  const { job, hashes } = await context.fenced(async (tx) => {
    const found = await beginWork(tx, input, { status: 'cleaning', before: ['awaiting_selection'], context });
    if (found.source_key === null || found.report_key === null) throw jobChangedError();
    const selected = await listSelectedHashes(tx, jobId);
    if (input.selection !== undefined && input.selection !== digestSelection(selected)) {
      throw jobChangedError('Other secrets are selected by now than when this cleaning was asked for. Ask for another one.');
    }
    return { job: found, hashes: selected };
  });
  const requester = chooseRequester(context, job);
  await using work = await createWorkDirectory(platform);
  const sealed = sealStorage(storage, keyring);
  await work.save('source.bundle', await sealed.get(job.source_key!), context.signal);
  await saveValues(work, await sealed.get(job.report_key!), hashes);

  const order: CleanOrder = { workDirectory: work.path, name: nameRepository(job), version };
  await runJobChild(platform, child, order, context);

  const proof = JSON.parse(await readFile(work.file('proof.json'), 'utf8')) as Proof;
  if (proof.verdict !== 'proven') {
    const failed = proof.checks.filter(({ passed }) => !passed).map(({ name }) => name);
    throw new JobError('NOT_PROVEN', `The cleaned history could not be proven (${failed.join(', ')}), so it is not given out.`);
  }
  await context.progress(92, 'Storing the cleaned repository');
  const keys = buildRunKeys(jobId, context);
  await storage.put(keys.zip, work.read('repository.zip'), { contentType: 'application/zip' });
  await storage.put(keys.bundle, work.read('repository.bundle'), { contentType: 'application/x-git-bundle' });
  await sealed.put(keys.pushPlan, work.read('push-plan.json'));
  await storage.put(keys.proof, Buffer.from(JSON.stringify(signProof(proof, toSigningKey(keyring)))), { contentType: 'application/json' });
  await context.finish(async (tx) => {
    const changed = await updateJob(tx, jobId, ['cleaning'], {
      status: 'cleaned',
      progress_percent: 100,
      current_step: steps.cleaned,
      last_error: null,
      cleaned_key: keys.cleaned,
      proof_key: keys.proof,
    });
    if (changed === undefined) throw jobChangedError();
    await announceState(tx, { jobId, status: 'cleaned', requester });
    const details = { values: hashes.length, refs_digest: proof.repository.refsDigest };
    await appendAudit(tx, { ...requester, action: 'clean_finished', jobId, details });
  });
}

/** Those of the sealed values that the hashes name, as `values.json`. */
export async function saveValues(work: WorkDirectory, sealedLines: Readable, hashes: readonly string[]): Promise<void> {
  const wanted = new Set(hashes);
  const values: KeptValue[] = [];
  for await (const line of createInterface({ input: sealedLines, crlfDelay: Infinity })) {
    const kept = JSON.parse(line) as KeptValue;
    if (wanted.has(kept.hash)) values.push(kept);
  }
  if (values.length === 0) throw new JobError('NOTHING_SELECTED', 'Nothing is selected: choose the secrets that are to go first.');
  await writeFile(work.file('values.json'), JSON.stringify(values), { mode: 0o600, flag: 'wx' });
}

/** The same key that the command line's proofs would be checked with. */
function toSigningKey({ signingKey, publicKey }: Keyring): SigningKey {
  return { privateKey: signingKey, publicKey, fingerprint: fingerprintOf(publicKey) };
}
