import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTemporaryDirectory } from '@deployguard/testkit';

/** A repository with a work tree, made with plain git, as users have them. */
export interface WorkTree extends Disposable {
  readonly path: string;
  /** Its parent; everything that a test makes beside the repository goes with it. */
  readonly parent: string;
  git(...args: readonly string[]): string;
  /** Writes files and commits all changes. */
  commit(files: Readonly<Record<string, string>>, message?: string): string;
  write(files: Readonly<Record<string, string>>): void;
}

export function aWorkTree(name = 'app'): WorkTree {
  const directory = createTemporaryDirectory();
  const path = join(directory.path, name);
  mkdirSync(path);
  const environment = {
    PATH: process.env['PATH'],
    HOME: directory.path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Jane Doe',
    GIT_AUTHOR_EMAIL: 'jane@example.org',
    GIT_AUTHOR_DATE: '2026-01-31T10:00:00Z',
    GIT_COMMITTER_NAME: 'Jane Doe',
    GIT_COMMITTER_EMAIL: 'jane@example.org',
    GIT_COMMITTER_DATE: '2026-01-31T10:00:00Z',
  };
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: path, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    }
  };
  git('init', '--quiet', '--initial-branch=main');
  return {
    path,
    parent: directory.path,
    git,
    write,
    commit(files, message = 'change') {
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    [Symbol.dispose]: directory.dispose,
  };
}
