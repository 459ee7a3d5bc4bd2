import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isOutOfMemory, type Repository } from '@deployguard/git';
import { countPackedObjects } from './count-packed-objects.ts';
import { ScanError } from './scan-error.ts';
import { tooManyPaths } from './too-many-paths.ts';

/** A commit of the walk, or one file that a commit adds or changes. */
export interface LogEntry {
  readonly commit: string;
  /** The ref through which the walk first reached the commit. */
  readonly ref: string;
  /** Whether the commit has no parents. */
  readonly isRoot: boolean;
  /** Absent for the commit itself. */
  readonly change?: { readonly blob: string; /** Latin-1, one character a byte. */ readonly path: string };
}

/** What of the log matters: root commits, commits of the set, changes to a blob of the set or at a path that holds a name of the set. */
export interface WantedEntries {
  readonly commits: Pick<ReadonlySet<string>, 'has'>;
  readonly blobs: Pick<ReadonlySet<string>, 'has'>;
  /** File and directory names, Latin-1. */
  readonly names: ReadonlySet<string>;
}

/** Which part of the history is walked. */
export interface LogRange {
  /** Every ref. */
  readonly all: boolean;
  /** Commits, or ranges such as `A..B`. */
  readonly revisions: readonly string[];
  /** Only commits after this, in git's date syntax. */
  readonly since?: string;
}

/** A running walk over the history. */
export interface Log {
  /** Newest commit first. */
  entries(wanted: WantedEntries): AsyncGenerator<LogEntry>;
  /** Ends the walk; does nothing after its end. */
  stop(): Promise<void>;
}

const logFormat = [
  '-c',
  '--raw',
  '-z',
  '--no-renames',
  '--no-abbrev',
  '--root',
  '--no-show-signature',
  '--no-ext-diff',
  '--no-textconv',
  '--format=%x01%H %S %P',
];
const spoolChunkBytes = 1024 * 1024;

/**
 * git holds all paths of a commit before it prints the first one, some 320 bytes each: this is room for half a million paths, and for
 * six more with each object. A dozen trees that hold each other ten times over stand for ten thousand million.
 */
const leastMemoryBytes = 256 * 1024 * 1024;
const memoryBytesPerObject = 2048;
/** Many commits that are each just within that: thirty times the changes of the largest public histories. */
const maxChanges = 300_000_000;

const colon = 0x3a;
const lineFeed = 0x0a;
const commitMark = 0x01;

/**
 * Walks the history. Merges are compared with all their parents (`-c`),
 * so that content which only a merge brought in has a commit too.
 *
 * git starts at once and its output waits in a file: the walk overlaps with scanning.
 */
export function startLog(
  { git, objectDirectories }: Pick<Repository, 'git' | 'objectDirectories'>,
  { all, revisions, since }: LogRange,
  signal?: AbortSignal,
): Log {
  const log = git.start(['log', ...logFormat, ...(since === undefined ? [] : [`--since=${since}`]), ...(all ? ['--all'] : []), '--stdin'], {
    stdin: Buffer.from(revisions.map((revision) => `${revision}\n`).join('')),
    maxMemoryBytes: leastMemoryBytes + memoryBytesPerObject * countPackedObjects(objectDirectories),
    ...(signal ? { signal } : {}),
  });
  // Whoever reads the entries sees the failure there; without readers it concerns nobody.
  log.done.catch(() => {});
  const spool = openSpool(join(git.gitDir, `log-${randomUUID()}`));
  const onChunk = (chunk: Buffer): void => spool.write(chunk);
  log.stdout.on('data', onChunk);

  async function* chunks(): AsyncGenerator<Buffer> {
    log.stdout.off('data', onChunk).pause();
    yield* spool.read();
    yield* log.stdout as AsyncIterable<Buffer>;
  }

  return {
    async *entries(wanted) {
      yield* parseLog(chunks(), wanted);
      const { exitCode, stderr } = await log.done;
      if (isOutOfMemory(stderr)) throw tooManyPaths();
      if (exitCode !== 0) throw new ScanError('HISTORY_UNREADABLE', `git could not walk the history: ${stderr.trim().split('\n')[0]}`);
    },
    async stop() {
      await log.kill();
      spool.close();
    },
  };
}

/** A file for what cannot be used yet: a long history's log is a hundred megabytes. */
function openSpool(path: string): { write(chunk: Buffer): void; read(): Generator<Buffer>; close(): void } {
  const file = openSync(path, 'wx+', 0o600);
  let written = 0;
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at, chunk.length - at, written + at);
      written += chunk.length;
    },
    *read() {
      for (let at = 0; at < written;) {
        const chunk = Buffer.allocUnsafe(Math.min(spoolChunkBytes, written - at));
        const count = readSync(file, chunk, 0, chunk.length, at);
        if (count === 0)
          throw new ScanError(
            'HISTORY_UNREADABLE',
            'The log of the history was lost on its way. Is the temporary directory being cleaned?',
          );
        at += count;
        yield chunk.subarray(0, count);
      }
    },
    close() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

/** Output of `git log -z --raw --format=%x01%H %S %P`: NUL-separated tokens; a path always follows a token that starts with a colon. */
async function* parseLog(chunks: AsyncIterable<Buffer>, wanted: WantedEntries): AsyncGenerator<LogEntry> {
  let rest: Buffer = Buffer.alloc(0);
  let commit = { commit: '', ref: '', isRoot: false };
  let blob: string | undefined;
  let changes = 0;
  for await (const chunk of chunks) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let end = data.indexOf(0, at); end !== -1; at = end + 1, end = data.indexOf(0, at)) {
      if (blob !== undefined) {
        if (wanted.blobs.has(blob) || (blob !== '' && wanted.names.size > 0 && hasName(data.toString('latin1', at, end), wanted.names))) {
          yield { ...commit, change: { blob, path: data.toString('latin1', at, end) } };
        }
        blob = undefined;
        continue;
      }
      const start = data[at] === lineFeed ? at + 1 : at;
      if (data[start] === colon) {
        if (++changes > maxChanges) throw tooManyPaths();
        blob = newBlobOf(data, start, end);
      } else if (data[start] === commitMark) {
        const [id = '', ref = '', parent = ''] = data.toString('latin1', start + 1, end).split(' ', 3);
        commit = { commit: id, ref, isRoot: parent === '' };
        if (commit.isRoot || wanted.commits.has(id)) yield commit;
      }
    }
    rest = data.subarray(at);
  }
}

/**
 * `:100644 100644 <old> <new> M`, and with n parents `::100644 … <old 1> … <old n> <new> MM`: the new id is the last but one field. Empty
 * when a parent has the same blob there, and only the mode differs, or when it is the commit of a submodule.
 */
function newBlobOf(data: Buffer, start: number, end: number): string {
  const status = data.lastIndexOf(0x20, end);
  const newStart = data.lastIndexOf(0x20, status - 1) + 1;
  const blob = data.toString('latin1', newStart, status);
  const fieldBytes = blob.length + 1;
  for (let at = start, old = newStart - fieldBytes; data[at] === colon; at++, old -= fieldBytes) {
    if (data.toString('latin1', old, old + blob.length) === blob) return '';
  }
  const parents = data.subarray(start, newStart).lastIndexOf(colon) + 1;
  // All modes have six digits.
  const newMode = start + parents + parents * 7;
  return data.toString('latin1', newMode, newMode + 6) === submoduleMode ? '' : blob;
}

const submoduleMode = '160000';

function hasName(path: string, names: ReadonlySet<string>): boolean {
  return path.split('/').some((name) => names.has(name));
}
