import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';

/** Decides which few rows are played where there is no time for all: another commit plays other ones, and DEPLOYGUARD_TEST_SEED the same again. */
export function chooseSeed(environment: NodeJS.ProcessEnv): string {
  return environment['DEPLOYGUARD_TEST_SEED'] ?? (nameCommit() || randomBytes(4).toString('hex'));
}

/** One of each kind. */
export function drawOfEach<Row>(kinds: readonly (readonly Row[])[], seed: string): readonly Row[] {
  return kinds.map((rows, kind) => rows[createHash('sha256').update(`${kind} ${seed}`).digest().readUInt32BE() % rows.length]!);
}

/** Empty outside of a repository. */
function nameCommit(): string {
  const { stdout } = spawnSync('git', ['-C', import.meta.dirname, 'rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' });
  return stdout.trim();
}
