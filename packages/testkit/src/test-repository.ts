import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProcess } from '@deployguard/process';
import { writeLooseObject } from './loose-objects.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';
import { buildTrees, encodeTree } from './tree-builder.ts';
import type { TestFile, TreeFile, TreeRow } from './tree-builder.ts';

export interface TestRepositoryOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Without a work tree: `gitDir` is the repository itself. */
  readonly bare?: boolean;
}

export interface TestCommit {
  /** Laid over the files of all parents (where those differ, the first parent's win); `undefined` removes one. Paths are text. */
  readonly files?: Readonly<Record<string, TestFile | undefined>>;
  /** A tree to take as it is, instead of `files`. */
  readonly tree?: string;
  readonly message?: string | Uint8Array;
  /** `Name <e-mail>`; the date is added. */
  readonly author?: string;
  readonly committer?: string;
  /** Further header lines, such as `gpgsig …`, without the last line feed. */
  readonly headers?: string;
  /** Default: the branch's head. More than one makes a merge; with `files` that neither side has, an evil one. */
  readonly parents?: readonly string[];
  /** The branch that moves. Default: HEAD's. `undefined` given explicitly moves none. */
  readonly branch?: string | undefined;
}

export interface TestTag {
  readonly target: string;
  readonly targetType?: 'commit' | 'tree' | 'blob' | 'tag';
  /** Makes an annotated tag. */
  readonly message?: string;
  readonly tagger?: string;
}

/**
 * A repository for a test, written as plain data, object by object: fast, exact, and able to hold what git would refuse to write. Objects
 * and refs are the same in every run: identities are fixed, and each commit is a minute after the one before.
 */
export interface TestRepository extends AsyncDisposable {
  /** The work tree (no files are checked out); the same as `gitDir` when bare. */
  readonly path: string;
  readonly gitDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Runs the real git here, with fixed identity and dates. Throws with its complaint when it fails. */
  git(args: readonly string[], options?: { stdin?: string | Uint8Array; env?: Record<string, string> }): Promise<string>;
  writeObject(type: string, content: string | Uint8Array): string;
  writeBlob(content: string | Uint8Array): string;
  /** A tree with exactly these rows, in this order. */
  writeTree(rows: readonly TreeRow[]): string;
  commit(commit?: TestCommit): string;
  /** A lightweight tag, or an annotated one when there is a message. Gives the id that the ref got. */
  tag(name: string, tag: TestTag): string;
  /** Adds a note to an object. */
  note(oid: string, text: string, ref?: string): string;
  /** Adds a stash entry, with the older ones kept in the log as git does. */
  stash(files: Readonly<Record<string, TestFile>>, message?: string): string;
  /** Writes a ref as a loose file; the name is Latin-1. `undefined` removes it. */
  updateRef(name: string, target: string | undefined): void;
  symbolicRef(name: string, target: string): void;
  resolveRef(name: string): string;
  /** Puts all reachable objects and refs into packs. */
  pack(): Promise<void>;
  dispose(): Promise<void>;
}

const defaultIdentity = 'Ada Example <ada@example.com>';
const firstCommitTime = 1_700_000_000;

export function createTestRepository(options: TestRepositoryOptions = {}): TestRepository {
  const directory = createTemporaryDirectory('deployguard-repository-');
  const objectFormat = options.objectFormat ?? 'sha1';
  const path = join(directory.path, options.bare ? 'repository.git' : 'repository');
  const gitDir = options.bare ? path : join(path, '.git');
  initialise(gitDir, objectFormat, options.bare ?? false);

  const filesOfCommit = new Map<string, ReadonlyMap<string, TreeFile>>();
  let time = firstCommitTime;

  const writeObject = (type: string, content: string | Uint8Array): string =>
    writeLooseObject(gitDir, objectFormat, type, typeof content === 'string' ? Buffer.from(content) : content);
  const writeBlob = (content: string | Uint8Array): string => writeObject('blob', content);

  function refPath(name: string): Buffer {
    return Buffer.concat([Buffer.from(`${gitDir}/`), Buffer.from(name, 'latin1')]);
  }

  function updateRef(name: string, target: string | undefined): void {
    if (target === undefined) return rmSync(refPath(name), { force: true });
    mkdirSync(refPath(dirname(name)), { recursive: true });
    writeFileSync(refPath(name), `${target}\n`);
  }

  function findRef(name: string): string | undefined {
    if (existsSync(refPath(name))) {
      const text = readFileSync(refPath(name), 'latin1').trim();
      return text.startsWith('ref: ') ? findRef(text.slice(5)) : text;
    }
    const packed = existsSync(join(gitDir, 'packed-refs')) ? readFileSync(join(gitDir, 'packed-refs'), 'latin1') : '';
    return packed
      .split('\n')
      .find((line) => line.endsWith(` ${name}`))
      ?.split(' ')[0];
  }

  function headBranch(): string | undefined {
    const head = readFileSync(join(gitDir, 'HEAD'), 'latin1').trim();
    return head.startsWith('ref: ') ? head.slice(5) : undefined;
  }

  function toTreeFile(file: TestFile): TreeFile {
    if (typeof file === 'string' || file instanceof Uint8Array) return { mode: '100644', oid: writeBlob(file) };
    return { mode: file.mode, oid: file.oid ?? writeBlob(file.content ?? '') };
  }

  function commit(commit: TestCommit = {}): string {
    const branch = 'branch' in commit ? commit.branch && toBranchRef(commit.branch) : headBranch();
    const parents = commit.parents ?? [branch === undefined ? undefined : findRef(branch)].filter((parent) => parent !== undefined);
    const files = new Map(parents.toReversed().flatMap((parent) => [...(filesOfCommit.get(parent) ?? [])]));
    for (const [name, file] of Object.entries(commit.files ?? {})) {
      const bytes = Buffer.from(name).toString('latin1');
      if (file === undefined) files.delete(bytes);
      else files.set(bytes, toTreeFile(file));
    }
    const tree = commit.tree ?? buildTrees(files, (content) => writeObject('tree', content));
    const author = commit.author ?? defaultIdentity;
    const lines = [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${author} ${time} +0000`,
      `committer ${commit.committer ?? author} ${time} +0000`,
      ...(commit.headers === undefined ? [] : [commit.headers]),
    ];
    time += 60;
    const oid = writeObject(
      'commit',
      Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), Buffer.from(commit.message ?? 'Change files\n')]),
    );
    filesOfCommit.set(oid, files);
    if (branch !== undefined) updateRef(branch, oid);
    // A detached HEAD moves itself.
    else if (!('branch' in commit)) writeFileSync(join(gitDir, 'HEAD'), `${oid}\n`);
    return oid;
  }

  function tag(name: string, { target, targetType = 'commit', message, tagger = defaultIdentity }: TestTag): string {
    const lines = [`object ${target}`, `type ${targetType}`, `tag ${name}`, `tagger ${tagger} ${time} +0000`];
    const oid = message === undefined ? target : writeObject('tag', `${lines.join('\n')}\n\n${message}`);
    updateRef(`refs/tags/${name}`, oid);
    return oid;
  }

  function stash(files: Readonly<Record<string, TestFile>>, message = 'On main: work'): string {
    const head = findRef('HEAD');
    if (head === undefined) throw new Error('There must be a commit before something can be stashed.');
    const index = commit({ files, message: `index ${message}`, parents: [head], branch: undefined });
    const oid = commit({ files, message, parents: [head, index], branch: undefined });
    const log = join(gitDir, 'logs', 'refs', 'stash');
    mkdirSync(dirname(log), { recursive: true });
    const old = findRef('refs/stash') ?? '0'.repeat(oid.length);
    writeFileSync(log, `${old} ${oid} ${defaultIdentity} ${time} +0000\t${message}\n`, { flag: 'a' });
    updateRef('refs/stash', oid);
    return oid;
  }

  const git: TestRepository['git'] = async (args, { stdin, env } = {}) => {
    const result = await runProcess({
      program: 'git',
      args: [`--git-dir=${gitDir}`, ...(options.bare ? [] : [`--work-tree=${path}`]), ...args],
      cwd: path,
      env: { ...gitEnvironment(directory.path, time), ...env },
      ...(stdin === undefined ? {} : { stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin }),
      timeoutSeconds: 60,
    });
    if (result.exitCode !== 0) throw new Error(`git ${args.join(' ')} failed: ${result.stderr}`);
    return result.stdout.toString('utf8');
  };

  const dispose = async (): Promise<void> => directory.dispose();
  return {
    path,
    gitDir,
    objectFormat,
    git,
    writeObject,
    writeBlob,
    writeTree: (rows) => writeObject('tree', encodeTree(rows)),
    commit,
    tag,
    note(oid, text, ref = 'refs/notes/commits') {
      return commit({ files: { [oid]: text }, message: 'Notes added\n', branch: ref });
    },
    stash,
    updateRef,
    symbolicRef(name, target) {
      mkdirSync(refPath(dirname(name)), { recursive: true });
      writeFileSync(refPath(name), Buffer.from(`ref: ${target}\n`, 'latin1'));
    },
    resolveRef(name) {
      const oid = findRef(name);
      if (oid === undefined) throw new Error(`There is no ref ${name}.`);
      return oid;
    },
    async pack() {
      await git(['repack', '-adq']);
      await git(['prune-packed', '-q']);
      await git(['pack-refs', '--all']);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function initialise(gitDir: string, objectFormat: 'sha1' | 'sha256', isBare: boolean): void {
  for (const directory of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    mkdirSync(join(gitDir, directory), { recursive: true });
  const core = `[core]\n\trepositoryformatversion = ${objectFormat === 'sha1' ? 0 : 1}\n\tbare = ${isBare}\n`;
  writeFileSync(join(gitDir, 'config'), objectFormat === 'sha1' ? core : `${core}[extensions]\n\tobjectFormat = sha256\n`);
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
}

function toBranchRef(branch: string): string {
  return branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
}

function gitEnvironment(home: string, time: number): Record<string, string> {
  const date = `${time} +0000`;
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Ada Example',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    GIT_COMMITTER_DATE: date,
  };
}
