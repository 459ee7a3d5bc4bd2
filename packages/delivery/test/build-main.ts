// Builds in a process of its own, which a test kills: node build-main.ts REPOSITORY DIRECTORY COMMAND
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import { buildDirectory } from '../src/build/build-directory.ts';
import { testSearchPath } from './a-build.ts';

const [source = '', directory = '', buildCommand = ''] = process.argv.slice(2);
const workDirectory = join(directory, 'git-of-worker');
mkdirSync(workDirectory);
await using repository = await openLocalRepository(source, { workDirectory });
await buildDirectory({
  repository,
  commit: repository.head!,
  plan: { root: '', buildCommand, startCommand: 'true' },
  buildsDirectory: join(directory, 'builds'),
  cacheDirectory: join(directory, 'cache'),
  searchPath: testSearchPath,
  nodeProgram: process.execPath,
  limits: { timeoutSeconds: 300, diskBytes: 1e9, logBytes: 1e6 },
  onLog: ({ text }) => {
    const pid = /^ready (\d+)$/.exec(text)?.[1];
    if (pid !== undefined) process.send!(Number(pid));
  },
});
