import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { buildToken, createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';

/** Where one job's repository comes from and goes to. */
export interface JobRepositories {
  readonly sourceUrl: string;
  readonly targetUrl: string;
  /** The target is the source: its history is replaced. */
  readonly isForced: boolean;
  readonly hasSecrets: boolean;
}

/** What happened to one ref of a target, as git itself wrote it down when it accepted it. */
export interface RefHistory {
  readonly target: string;
  readonly ref: string;
  readonly updates: number;
}

/** A git server that wants credentials, the service that keeps them, and a repository for each job. */
export interface GitHost {
  readonly caFile: string;
  readonly authServiceUrl: string;
  readonly credentialsId: string;
  createRepositories(number: number): JobRepositories;
  listRefHistories(): RefHistory[];
  /** Refs of a target and how many bytes of its history are a secret of ours. */
  inspectTarget(url: string): { readonly refs: readonly string[]; readonly holdsSecret: boolean };
  close(): Promise<void>;
}

const token = buildToken({ prefix: ['sk_', 'live_'], length: 24, seed: 'faults' });
const password = buildToken({ prefix: '', length: 24, seed: 'faults' });

export async function startGitHost(): Promise<GitHost> {
  const directory = createTemporaryDirectory('deployguard-git-host-');
  const templates = [oneSecret(), manySecrets(), noSecret()];
  const empty = createTestRepository({ bare: true });
  for (const { gitDir } of [...templates, empty]) appendFileSync(join(gitDir, 'config'), '\tlogAllRefUpdates = always\n');
  const key = buildToken({ prefix: '', length: 32, seed: 'git password' });
  const git = await startTestGitServer({ root: directory.path, credentials: `deploy:${key}` });
  const auth = createServer((_, response) => response.end(JSON.stringify({ username: 'deploy', token: key, origins: [git.url] })));
  auth.listen(0, '127.0.0.1');
  await once(auth, 'listening');
  const copy = ({ gitDir }: TestRepository, name: string): string => {
    cpSync(gitDir, join(directory.path, name), { recursive: true });
    return `${git.url}/${name}`;
  };
  const inTarget = (url: string, ...args: string[]): string =>
    execFileSync('git', ['--git-dir', join(directory.path, basename(url)), ...args], { encoding: 'latin1', maxBuffer: 1e8 });

  return {
    caFile: git.caFile,
    authServiceUrl: `http://127.0.0.1:${(auth.address() as AddressInfo).port}`,
    credentialsId: 'deploy-key',
    createRepositories(number) {
      // Some have nothing to hide; every third of the others goes back to where it came from.
      const kind = number % 7 === 6 ? 2 : number % 2;
      const isForced = number % 3 === 0;
      const sourceUrl = copy(templates[kind]!, `job-${number}.git`);
      const targetUrl = isForced ? sourceUrl : copy(empty, `job-${number}-target.git`);
      return { sourceUrl, targetUrl, isForced, hasSecrets: kind !== 2 };
    },
    listRefHistories() {
      return globSync('*.git/logs/refs/**', { cwd: directory.path, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => {
          const path = join(parentPath, name);
          const [target, ref] = path.slice(directory.path.length + 1).split('/logs/') as [string, string];
          return { target: `${git.url}/${target}`, ref, updates: readFileSync(path, 'latin1').trim().split('\n').length };
        });
    },
    inspectTarget(url) {
      if (!existsSync(join(directory.path, basename(url)))) return { refs: [], holdsSecret: false };
      const refs = inTarget(url, 'for-each-ref', '--format=%(refname)').trim().split('\n').filter(Boolean);
      const history = inTarget(url, 'log', '--all', '--patch', '--format=%B');
      return { refs, holdsSecret: history.includes(token) || history.includes(password) };
    },
    async close() {
      auth.close();
      await git.close();
      for (const repository of [...templates, empty]) await repository.dispose();
      directory.dispose();
    },
  };
}

function oneSecret(): TestRepository {
  const repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'README.md': 'hello\n' }, message: 'Begin' });
  repository.commit({ files: { 'settings.env': `STRIPE_KEY=${token}\n` }, message: 'Configure' });
  repository.commit({ files: { 'settings.env': 'STRIPE_KEY=\n' }, message: 'Take it out again' });
  return repository;
}

function manySecrets(): TestRepository {
  const repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'README.md': 'hello\n' }, message: 'Begin' });
  const release = repository.commit({ files: { 'database.yml': `password: "${password}"\n` }, message: 'Add the database' });
  repository.tag('v1', { target: release, message: 'First' });
  repository.commit({ files: { 'notes.txt': 'to do\n' }, branch: 'side', parents: [release] });
  for (let number = 0; number < 10; number++) repository.commit({ files: { [`src/${number}.js`]: `key = "${token}" // ${number}\n` } });
  return repository;
}

function noSecret(): TestRepository {
  const repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'README.md': 'hello\n' }, message: 'Begin' });
  return repository;
}
