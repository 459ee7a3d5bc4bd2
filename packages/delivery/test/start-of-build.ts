import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProcess } from '@deployguard/process';
import type { DirectoryBuild } from '../src/build/build-directory.ts';

/** What is printed by a build that is started, and comes to its end by itself. */
export async function startOf({ artifact, start, environment }: DirectoryBuild): Promise<string> {
  assert.equal(typeof start, 'string');
  const { stdout, stderr } = await runProcess({
    program: '/bin/sh',
    args: ['-c', (start as string).replace(/\bnpm run/, 'npm run --silent')],
    cwd: join(artifact.path, artifact.folder ?? ''),
    env: { ...environment },
    timeoutSeconds: 60,
  });
  assert.equal(stderr, '');
  return stdout.toString();
}
