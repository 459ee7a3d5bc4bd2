import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProcess } from '@deployguard/process';
import type { Sandbox } from '@deployguard/process';
import { DeliveryError } from '../../delivery-error.ts';
import type { Release } from '../../release/release.ts';
import { createSupervisedTarget } from '../supervised/supervised-target.ts';
import type { SupervisedTargetOptions } from '../supervised/supervised-target.ts';
import type { Target } from '../target.ts';
import { endProcesses } from './end-processes.ts';
import { listListeningPorts } from './listening-ports.ts';
import { listInstanceProcesses } from './process-table.ts';

export interface ProcessTargetOptions extends SupervisedTargetOptions {
  /** Where programs of applications are looked for, behind an application's own `PATH`. Default: the system's, and where this Node is. */
  readonly searchPath?: string;
  /** Asked before each start: in what kind of sandbox programs of the application run; undefined for none. Who wants none started without one throws. */
  readonly openSandbox?: (application: string) => Promise<ApplicationSandbox | undefined>;
}

/** With what an application can read beside its release. */
export type ApplicationSandbox = Omit<Sandbox, 'writable' | 'links' | 'temporaryBytes'>;

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** In a sandbox: for programs that do not ask where temporary files belong. */
const temporaryBytes = 64 * 1024 * 1024;

/** Where PHP keeps sessions, as distributions set it; nobody says so to the application. */
const sessionFolders = ['/var/lib/php/sessions', '/var/lib/php/session'];

/**
 * Runs applications as processes of this machine: for code that is trusted as much as this program is. Nothing keeps it from the network of the machine,
 * and from its files only a sandbox: in it, a program can read its release, and write its home and its temporary directory.
 *
 * Memory is watched. How many processes and threads there are the kernel limits, where this process may make control groups or the application is in a
 * sandbox, and is watched besides. Whatever has too much is ended. Processor time is not limited.
 */
export function createProcessTarget(options: ProcessTargetOptions): Target {
  const { searchPath = `${systemPath}:${dirname(process.execPath)}`, openSandbox = async () => undefined } = options;
  return createSupervisedTarget(
    {
      kind: 'process',
      async prepare({ artifact }, directory, signal) {
        // A link would be copied as one, and lead elsewhere outside of the sandbox.
        if (artifact.kind !== 'directory' || lstatSync(artifact.path, { throwIfNoEntry: false })?.isDirectory() !== true) {
          throw new DeliveryError('ARTIFACT_MISSING', 'What was built for this release is no longer there: deploy its commit again.');
        }
        await copyDirectory(artifact.path, directory, signal);
      },
      async describe(release, { application, files, releaseDirectory, port }) {
        const sandbox = await openSandbox(application);
        const links = Object.fromEntries(sessionFolders.map((path) => [path, files.temporary]));
        const own = { writable: [files.home, files.temporary], links, temporaryBytes };
        return {
          command: {
            ...commandOf(release),
            cwd: join(releaseDirectory, folderOf(release)),
            ...(sandbox && { sandbox: { ...sandbox, ...own, readable: [releaseDirectory, ...sandbox.readable] } }),
          },
          env: {
            HOME: files.home,
            TMPDIR: files.temporary,
            // As it was built.
            LANG: 'C.UTF-8',
            ...release.env,
            PATH: joinPaths(release.env['PATH'], searchPath),
            PORT: String(port),
          },
          limits: release.limits,
        };
      },
      isThere: async (_, { directory }) => listInstanceProcesses(directory).length > 0,
      endLeftovers: (_, { directory }, graceMs) => endProcesses(directory, undefined, graceMs),
      async seePorts({ program }, { directory }) {
        return { listeningPorts: listListeningPorts(listInstanceProcesses(directory, program?.pid).map(({ pid }) => pid)) };
      },
    },
    options,
  );
}

/** What a shell line means is the application's own business; lists are handed over as they are. */
function commandOf({ commands: { start } }: Release): { readonly program: string; readonly args: readonly string[] } {
  if (typeof start === 'string' && start.trim() !== '') return { program: '/bin/sh', args: ['-c', start] };
  const [program, ...args] = typeof start === 'string' ? [] : (start ?? []);
  if (program === undefined) throw new DeliveryError('RELEASE_INVALID', 'There is no command that starts the application: name one.');
  return { program, args };
}

function folderOf({ artifact }: Release): string {
  return artifact.kind === 'directory' ? (artifact.folder ?? '') : '';
}

function joinPaths(own: string | undefined, system: string): string {
  return own === undefined || own === '' ? system : `${own}:${system}`;
}

async function copyDirectory(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  const { exitCode, stderr } = await runProcess({
    program: 'cp',
    args: ['--archive', '--no-target-directory', '--reflink=auto', '--', from, to],
    env: { PATH: systemPath, LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  if (exitCode === 0) return;
  if (stderr.includes('No space left'))
    throw new DeliveryError('DISK_FULL', 'There is no space left for the files of the release: remove old releases.');
  throw new DeliveryError('ARTIFACT_MISSING', 'The files of the release could not be copied: deploy its commit again.', {
    cause: new Error(stderr),
  });
}
