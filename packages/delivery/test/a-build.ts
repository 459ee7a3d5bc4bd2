import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestCommit, TestRepository } from '@deployguard/testkit';
import { analyzeTree } from '../src/analyze/analyze-tree.ts';
import { openGitTree } from '../src/analyze/open-git-tree.ts';
import { buildDirectory } from '../src/build/build-directory.ts';
import type { DirectoryBuild, DirectoryBuildOptions } from '../src/build/build-directory.ts';
import { planBuild } from '../src/build/build-plan.ts';
import type { BuildOverrides } from '../src/build/build-plan.ts';

/** An application that is built into directories, again and again. */
export interface TestBuilds extends AsyncDisposable {
  readonly source: TestRepository;
  readonly path: string;
  readonly buildsDirectory: string;
  /** The lines of the last build, with their stream before them. */
  readonly log: string[];
  build(plan?: BuildOverrides, options?: Partial<DirectoryBuildOptions>): Promise<DirectoryBuild>;
}

/** What is on the path of whoever runs the tests, and the Node that runs them before all others. */
export const testSearchPath = `${dirname(process.execPath)}:${process.env['PATH']}`;

export function aBuild(files: NonNullable<TestCommit['files']>): TestBuilds {
  const directory = createTemporaryDirectory();
  const source = createTestRepository();
  source.commit({ files });
  const buildsDirectory = join(directory.path, 'builds');
  const log: string[] = [];
  return {
    source,
    path: directory.path,
    buildsDirectory,
    log,
    async build(overrides = {}, options = {}) {
      log.length = 0;
      const workDirectory = join(directory.path, 'git');
      mkdirSync(workDirectory, { recursive: true });
      await using repository = await openLocalRepository(source.path, { workDirectory });
      const tree = await openGitTree(repository);
      return await buildDirectory({
        repository,
        commit: tree.commit,
        plan: planBuild(await analyzeTree(tree, { isImageBuilt: false }), overrides),
        buildsDirectory,
        cacheDirectory: join(directory.path, 'cache'),
        searchPath: testSearchPath,
        nodeProgram: process.execPath,
        limits: { timeoutSeconds: 120, diskBytes: 1024 ** 3, logBytes: 1024 ** 2 },
        onLog: ({ stream, text }) => log.push(`${stream}: ${text}`),
        ...options,
      });
    },
    async [Symbol.asyncDispose]() {
      await source.dispose();
      directory.dispose();
    },
  };
}
