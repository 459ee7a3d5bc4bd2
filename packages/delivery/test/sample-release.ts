import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../src/release/release.ts';

/** A directory as a builder leaves it, with the sample application in it. */
export function writeSampleArtifact(directory: string): Release['artifact'] {
  const path = join(directory, 'artifact');
  mkdirSync(path, { recursive: true });
  cpSync(join(import.meta.dirname, 'sample-application.mjs'), join(path, 'application.mjs'));
  return { kind: 'directory', path, digest: 'sha256:0000' };
}

/** A release of the sample application that is healthy at `/health`. */
export function buildSampleRelease(artifact: Release['artifact'], changes: Partial<Release> = {}): Release {
  return {
    application: 'sample',
    id: 'one',
    artifact,
    commands: { start: ['node', 'application.mjs'] },
    env: {},
    secretNames: [],
    port: 'assigned',
    limits: { cpuMillis: 1000, memoryBytes: 512 * 1024 * 1024 },
    health: { path: '/health', attempts: 300, intervalMs: 100, timeoutMs: 5000 },
    instances: 1,
    ...changes,
  };
}
