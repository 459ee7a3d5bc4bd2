import { execFileSync } from 'node:child_process';
import { aToken } from './a-token.ts';
import { aWorkTree, type WorkTree } from './a-work-tree.ts';

/** In the history of {@link aDirtyWorkTree}: in a file that was emptied later, and in a message. */
export const token = aToken('clean');
/** Still in its last commit. */
export const other = aToken('other', 'gho');

/** A repository of three commits, two secrets in the last two. */
export function aDirtyWorkTree(): WorkTree & { readonly base: string } {
  const repository = aWorkTree();
  const base = repository.commit({ 'README.md': '# App\n' }, 'begin');
  repository.commit({ 'prod.env': `TOKEN=${token}\n`, 'deploy.sh': `curl -H "Authorization: token ${other}"\n` }, 'settings');
  repository.commit({ 'prod.env': 'TOKEN=\n' }, `remove ${token}`);
  return Object.assign(repository, { base });
}

/** All that git can print of a repository: every object's content. */
export function readEverything(gitDir: string): string {
  return execFileSync('git', ['cat-file', '--batch', '--batch-all-objects'], { cwd: gitDir, encoding: 'latin1', maxBuffer: 1e8 });
}

/** Plain git, without settings of the person who runs the tests. */
export function gitIn(directory: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: directory, GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();
}
