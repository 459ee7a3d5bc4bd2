import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';

/** What every sandbox on a machine has in common. */
export interface SandboxGround {
  /** Path of bubblewrap. */
  readonly program: string;
  /** Where the programs of the machine lie, as `PATH`. */
  readonly searchPath: string;
  /** Further files and folders that can be read, beside the system's programs, libraries and settings. */
  readonly shared: readonly string[];
  /** What is not to be seen, should it lie in what can be read: folders are empty, and so are files. */
  readonly hidden: readonly string[];
}

/**
 * Where a program runs that is to see and change nothing but its own. Of the machine it reads what is named here, and the rest is not there: no homes, no
 * data, no other processes. It has no capabilities and gets none. The network is that of the machine.
 */
export interface Sandbox extends SandboxGround {
  /** Its own files and folders, wherever they lie, as far as they are there. */
  readonly readable: readonly string[];
  /** Its own folders, none of them within another. */
  readonly writable: readonly string[];
  /** By where programs look for a folder: which of its own stands for it, unless what lies there is shown. */
  readonly links?: Readonly<Record<string, string>>;
  /** Of `/tmp` and of `/dev/shm`, each, which are its own, in memory, and begin empty. */
  readonly temporaryBytes: number;
  /** Everything in it ends with the process that started it. Otherwise it lives on. */
  readonly endsWithParent?: boolean;
}

/** Without user namespaces: who is root in one of its own reaches more of the kernel, and of its faults. */
const isolation = '--unshare-user --disable-userns --cap-drop ALL --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try'.split(
  ' ',
);

/** Programs and libraries. */
const systemFolders = ['/usr', '/nix/store', '/gnu/store'];
/** Links into `/usr` on most systems, and folders on others. */
const systemLinks = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** How many processors there are. */
const hardwareFolders = ['/sys/devices/system'];
/** Of `/etc`, in which secrets may lie as well, what programs look up: names, certificates, and settings of the loader and of languages. */
const systemSettings = [
  'passwd group nsswitch.conf hosts host.conf resolv.conf gai.conf networks protocols services',
  'ssl/certs ssl/cert.pem ssl/openssl.cnf ca-certificates ca-certificates.conf crypto-policies',
  'pki/ca-trust pki/java pki/tls/certs pki/tls/cert.pem pki/tls/openssl.cnf',
  'ld.so.cache ld.so.conf ld.so.conf.d alternatives os-release shells terminfo',
  'localtime timezone locale.alias locale.conf fonts magic mime.types',
  'php perl python3 maven dotnet ImageMagick-6 ImageMagick-7',
  'java java-8-openjdk java-11-openjdk java-17-openjdk java-21-openjdk java-25-openjdk',
].flatMap((names) => names.split(' ').map((name) => `/etc/${name}`));

/** Named after what lies in them: what is needed to run it lies beside them. */
const programFolders = new Set(['bin', 'sbin', '.bin', 'shims']);
/** Into these programs are put beside credentials. */
const sharedFolders = new Set(['.local', '.cargo']);

/** The arguments of bubblewrap (bwrap(1)), which makes the sandbox and becomes the parent of the program in it. */
export function buildSandboxArguments(sandbox: Sandbox, cwd: string, env: Readonly<Record<string, string>>): string[] {
  const { searchPath, shared, hidden, readable, writable, links = {}, temporaryBytes, endsWithParent = false } = sandbox;
  const further = listFurther(searchPath, shared, hidden);
  const masks = listMasks(hidden, [...systemFolders, ...further]);
  const mounts = [...further.map(showPath), ...masks.map(hidePath)].toSorted((a, b) => a.path.length - b.path.length);
  const absent = Object.entries(links).filter(([path]) => !further.some((shown) => isWithin(path, [shown]) || isWithin(shown, [path])));
  const size = String(temporaryBytes);
  return [
    ...isolation,
    ...(endsWithParent ? ['--die-with-parent'] : []),
    ...systemFolders.flatMap((path) => ['--ro-bind-try', path, path]),
    ...systemLinks.flatMap(showLink),
    ...[...systemSettings, ...hardwareFolders].flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...['/tmp', '/dev/shm'].flatMap((path) => ['--perms', '1777', '--size', size, '--tmpfs', path]),
    // What lies in another comes after it.
    ...mounts.flatMap((mount) => mount.args),
    ...readable.flatMap((path) => ['--ro-bind-try', path, path]),
    ...writable.flatMap((path) => ['--bind', path, path]),
    ...absent.flatMap(([path, target]) => ['--symlink', target, path]),
    // Root owns the settings of the kernel, whatever else it lacks.
    ...['/proc', '/dev', '/', ...masks.filter(({ isFolder }) => isFolder).map(({ path }) => path)].flatMap((path) => [
      '--remount-ro',
      path,
    ]),
    '--chdir',
    cwd,
    '--clearenv',
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

function showLink(path: string): string[] {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return [];
  return entry.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

interface Mount {
  readonly path: string;
  readonly args: readonly string[];
}

function showPath(path: string): Mount {
  return { path, args: ['--ro-bind', path, path] };
}

function hidePath({ path, isFolder }: Mask): Mount {
  return { path, args: isFolder ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path] };
}

/** What is shown beside the system, each once; programs in a folder that is hidden there once more. */
function listFurther(searchPath: string, shared: readonly string[], hidden: readonly string[]): string[] {
  const programs = listProgramFolders(searchPath, hidden);
  const further = [...programs.filter((folder) => !isWithin(folder, without(programs, folder))), ...shared];
  const masked = listMasks(hidden, further).map(({ path }) => path);
  return [...new Set([...further, ...programs.filter((folder) => isWithin(folder, masked))])];
}

/** The folders of the search path that are not the system's, each with what its programs need. */
function listProgramFolders(searchPath: string, hidden: readonly string[]): string[] {
  const places = listPlaces(hidden);
  const wanted = searchPath
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && folder !== '/' && existsSync(folder))
    .flatMap((folder) => [...listBeside(folder, places), folder])
    .filter((folder) => !isWithin(folder, [...systemFolders, ...systemLinks]) && existsSync(folder));
  return [...new Set(wanted)];
}

function listBeside(folder: string, places: readonly string[]): string[] {
  if (!programFolders.has(basename(folder))) return [];
  const above = dirname(folder);
  const isHome = ['/', '/home'].includes(dirname(above)) || places.includes(realpathSync(above));
  return isHome || above === '/' || sharedFolders.has(basename(above)) ? [join(above, 'lib')] : [above];
}

interface Mask {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Where it is seen what is hidden: what is shown by a link lies elsewhere. */
function listMasks(hidden: readonly string[], shown: readonly string[]): Mask[] {
  const places = listPlaces(hidden);
  const seen = shown
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const top = realpathSync(path);
      return places.filter((place) => isWithin(place, [top])).map((place) => `${path}${place.slice(top.length)}`);
    });
  return [...new Set(seen)].map((path) => ({ path, isFolder: statSync(path).isDirectory() }));
}

/** Where they really lie, of those that are there. */
function listPlaces(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path)).map((path) => realpathSync(path));
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function without(all: readonly string[], one: string): string[] {
  return all.filter((each) => each !== one);
}
