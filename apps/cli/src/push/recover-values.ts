import { type Proof, scanRepository, type ValueToProve } from '@deployguard/secrets';
import type { CliContext } from '../context.ts';
import { loadConfiguration } from '../source/load-configuration.ts';
import type { OpenSource } from '../source/open-source.ts';
import { reportScanProgress } from '../scan/report-scan-progress.ts';
import type { Progress } from '../terminal/progress.ts';

/** The values that a proof is about. It holds only their hashes, so they are looked up in the repository that was cleaned. */
export async function recoverValues(source: OpenSource, proof: Proof, context: CliContext, progress: Progress): Promise<ValueToProve[]> {
  const wanted = new Set(proof.searched.values.map(({ hash }) => hash));
  const { findings } = await scanRepository(source.repository, {
    configuration: await loadConfiguration({}, source.path, context),
    onProgress: reportScanProgress(progress),
    signal: context.signal,
  });
  const values = new Map<string, ValueToProve>();
  for (const { valueHash, secret } of findings) {
    if (wanted.has(valueHash)) values.set(valueHash, { value: secret.reveal(), hash: valueHash });
  }
  return [...values.values()];
}
