import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { EngineThing } from '../apps/server/test/find-engine-remains.ts';
import type { ContainerTool } from './find-container-tool.ts';

/** A podman that is found before that of the machine, with a store of its own over the images of the machine: what else is in it, the test made. */
export interface OwnEngine extends AsyncDisposable {
  /** What a command of it printed. */
  run(...args: readonly string[]): Promise<string>;
  list(): Promise<readonly EngineThing[]>;
  /** From now on it refuses the command, or all of them; whoever calls the result has it back. */
  breakDown(command?: string): () => void;
  /** Leaves no room in its store; whoever calls the result has it freed. */
  fillDisk(): () => void;
}

const execute = promisify(execFile);
/** Of layers of samples, over those of the machine. */
const storeSize = '1g';
const images = '{{.Repository}}:{{.Tag}} {{.ID}}{{range .RepoDigests}} {{.}}{{end}}';
const imagesOfMachine = '/var/lib/containers/storage';

export async function openOwnEngine({ program, flags }: ContainerTool): Promise<OwnEngine> {
  const directory = createTemporaryDirectory();
  const at = (...names: readonly string[]): string => join(directory.path, ...names);
  const [store, broken] = [at('store'), at('broken')];
  for (const path of [store, at('bin')]) mkdirSync(path);
  mount('-t', 'tmpfs', '-o', `size=${storeSize}`, 'none', store);
  const path = process.env['PATH'] ?? '';
  const { stdout } = await execute('which', [program]);
  const own = ['--root', store, '--runroot', at('run'), '--storage-opt', `overlay.imagestore=${imagesOfMachine}`];
  writeFileSync(
    at('bin', 'podman'),
    `#!/bin/sh
case $(cat ${broken} 2>/dev/null) in '') ;; all | "$1") echo 'Cannot connect to the engine' >&2; exit 125 ;; esac
exec ${[stdout.trim(), ...own, ...flags].join(' ')} "$@"
`,
  );
  chmodSync(at('bin', 'podman'), 0o755);
  process.env['PATH'] = at('bin') + delimiter + path;

  const run = async (...args: readonly string[]): Promise<string> => (await execute(at('bin', 'podman'), args)).stdout.trim();
  const listAs = async (kind: EngineThing['kind'], ...args: readonly string[]): Promise<EngineThing[]> =>
    (await run(...args))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', id = '', ...names] = line.split(' ');
        return { kind, name, id, digests: names.map((each) => each.slice(each.indexOf('@') + 1)) };
      });
  return {
    run,
    async list() {
      return [
        ...(await listAs('container', 'ps', '--all', '--external', '--format', '{{.Names}} {{.ID}}')),
        ...(await listAs('network', 'network', 'ls', '--format', '{{.Name}} {{.ID}}')),
        ...(await listAs('volume', 'volume', 'ls', '--filter', 'dangling=true', '--format', '{{.Name}}')),
        ...(await listAs('image', 'images', '--no-trunc', '--filter', 'readonly=false', '--format', images)),
        ...listBuildProcesses(store),
      ];
    },
    breakDown(command = 'all') {
      writeFileSync(broken, command);
      return () => rmSync(broken);
    },
    fillDisk() {
      const ballast = join(store, 'ballast');
      // It writes until there is no more room.
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k']);
      return () => rmSync(ballast);
    },
    async [Symbol.asyncDispose]() {
      process.env['PATH'] = path;
      await run('rm', '--all', '--force', '--volumes');
      spawnSync('umount', ['--lazy', join(store, 'overlay')]);
      spawnSync('umount', ['--lazy', store]);
      directory.dispose();
    },
  };
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The store of the engine could not be made: ${stderr}`);
}

/** Commands of Dockerfiles that run on a file system of the store; containers that have a name are told from them by their group. */
function listBuildProcesses(store: string): EngineThing[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): EngineThing[] => {
      try {
        const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, 'latin1');
        const isOfStore = read('mountinfo')
          .split('\n')
          .some((line) => / \/ \/ /.test(line) && line.includes(`upperdir=${store}/`));
        if (!isOfStore || !read('cgroup').includes('buildah-')) return [];
        return [{ kind: 'process', name: read('cmdline').replaceAll('\0', ' '), id: name }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
