import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneRepository } from '@deployguard/git';
import type { CloneOptions, Ref, Repository } from '@deployguard/git';
import { proveRepository } from './prove-repository.ts';
import type { ProveOptions } from './prove-options.ts';
import type { Proof, ProofCheck } from './proof.ts';

export interface ProvePushedOptions extends Omit<ProveOptions, 'facts' | 'mapsDirectory'> {
  /** How to reach the remote. */
  readonly clone: Omit<CloneOptions, 'workDirectory' | 'branch' | 'onProgress' | 'signal'>;
  /** What was pushed: names (Latin-1) and ids. */
  readonly pushedRefs: readonly Pick<Ref, 'name' | 'target'>[];
  /** Whether an id belongs to a commit from before the cleaning. */
  readonly isOldCommit: (oid: string) => boolean;
}

export interface PushedProof {
  /** About the refs that were pushed and all that they reach, as the remote hands it out. */
  readonly proof: Proof;
  /** Refs that only the remote has, such as those of pull requests, and whether they lead to the old history. */
  readonly remoteRefs: readonly RemoteRef[];
}

export interface RemoteRef {
  /** Latin-1, one character a byte. */
  readonly name: string;
  readonly target: string;
  readonly leadsToOldHistory: boolean;
}

/**
 * Clones afresh what was pushed and proves it as `proveRepository` does: what others get now, not what we believe to have sent.
 *
 * Refs that the host keeps itself come with the clone. They are looked at and reported, then left out, since a push cannot change them.
 */
export async function provePushed(url: string, options: ProvePushedOptions): Promise<PushedProof> {
  const directory = await mkdtemp(join(options.workDirectory, 'pushed-'));
  try {
    const signal = options.signal ? { signal: options.signal } : {};
    await using clone = await cloneRepository(url, { ...options.clone, workDirectory: directory, ...signal });
    const pushed = new Map(options.pushedRefs.map(({ name, target }) => [name, target]));
    const foreign = clone.refs.filter(({ name }) => !pushed.has(name));
    const old = await findOldTargets(clone, foreign, options.isOldCommit);
    if (foreign.length > 0) await removeRefs(clone, foreign);
    const { clone: _, pushedRefs: __, isOldCommit: ___, ...proveOptions } = options;
    const proof = await proveRepository(clone.gitDir, proveOptions);
    const checks = [...proof.checks, checkPushedRefs(clone.refs, pushed)];
    return {
      proof: { ...proof, checks, verdict: checks.every(({ passed }) => passed) ? 'proven' : 'failed' },
      remoteRefs: foreign.map(({ name, target }) => ({ name, target, leadsToOldHistory: old.has(target) })),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function checkPushedRefs(refs: readonly Ref[], pushed: ReadonlyMap<string, string>): ProofCheck {
  const found = new Map(refs.map(({ name, target }) => [name, target]));
  const wrong = [...pushed].filter(([name, target]) => found.get(name) !== target).length;
  return {
    name: 'pushed-refs-served',
    passed: pushed.size > 0 && wrong === 0,
    details: `${pushed.size} refs were pushed; ${wrong} of them are not served as they were pushed`,
  };
}

/** Those of the refs' targets whose history holds an old commit; one walk, parents before children. */
async function findOldTargets(clone: Repository, refs: readonly Ref[], isOldCommit: (oid: string) => boolean): Promise<Set<string>> {
  if (refs.length === 0) return new Set();
  const targets = refs.map(({ target }) => `${target}\n`).join('');
  const walk = await clone.git.run(['rev-list', '--topo-order', '--reverse', '--parents', '--stdin'], {
    stdin: Buffer.from(targets),
    maxOutputBytes: 1024 ** 3,
  });
  const tainted = new Set<string>();
  for (const line of walk.toString('latin1').split('\n')) {
    const [commit = '', ...parents] = line.split(' ');
    if (isOldCommit(commit) || parents.some((parent) => tainted.has(parent))) tainted.add(commit);
  }
  // A tag leads to its commit; what is neither commit nor tag has no history.
  const peeled = await clone.git.run(['cat-file', '--batch-check=%(objectname) %(rest)', '--buffer'], {
    stdin: Buffer.from([...new Set(refs.map(({ target }) => `${target}^{} ${target}\n`))].join('')),
  });
  const old = new Set<string>();
  for (const line of peeled.toString('latin1').split('\n')) {
    const [commit = '', target = ''] = line.split(' ');
    if (tainted.has(commit)) old.add(target);
  }
  return old;
}

/** The clone is ours: drop the refs and whatever only they reach. */
async function removeRefs(clone: Repository, refs: readonly Ref[]): Promise<void> {
  const commands = refs.map(({ name }) => `delete ${name}\0\0`).join('');
  await clone.git.run(['update-ref', '-z', '--stdin'], { stdin: Buffer.from(commands, 'latin1') });
  await clone.git.run(['repack', '-a', '-d', '-q', '--window=0']);
  await clone.git.run(['prune', '--expire=now']);
}
