import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { ProofError } from './proof-error.ts';
import type { DsseEnvelope } from './sign-proof.ts';

/** Writes a signed proof; whoever looks sees it whole or not at all. */
export async function saveProof(path: string, envelope: DsseEnvelope): Promise<void> {
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await using file = await open(temporaryPath, 'wx', 0o644);
    await file.writeFile(`${JSON.stringify(envelope, null, 2)}\n`);
    await file.sync();
    await rename(temporaryPath, path);
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

/** Reads a file for `verifyProof`; nothing in it is checked yet. Throws `ProofError` `ENVELOPE_UNREADABLE` for what is no JSON. */
export async function loadEnvelope(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProofError('ENVELOPE_UNREADABLE', `The proof ${path} cannot be read: it is not JSON.`);
  }
}
