import { DeliveryError } from '../../delivery-error.ts';

/**
 * What the engine's client, the loader of its program or its libraries would read themselves, and what the programs that it starts on this machine
 * would, with its rights: they get its environment. Of a folder that iptables is told here, it runs what an application has put there.
 */
const readByEngine = new RegExp(
  `^(?:${[
    'PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TMP|TEMP|TZ|TZDIR|LANG|LANGUAGE|LC_.*|TERM|TERMCAP|TERMINFO.*|COLUMNS|LINES',
    // The loader, the C library and other libraries.
    'LD_.*|GLIBC_.*|MALLOC_.*|GCONV_PATH|LOCPATH|NLSPATH|NIS_PATH|GETCONF_DIR|RES_OPTIONS|RESOLV_.*|LOCALDOMAIN|HOSTALIASES|ARGP_.*|GO[A-Z0-9]*|GIO_.*|G_.*',
    // GPGME appends to the file that is told here.
    'GPG.*|GNUPG.*|GCRYPT_.*|ASSUAN_.*|SSL_.*|OPENSSL_.*|P11_KIT_.*|LIBMOUNT_.*|BLKID_.*|DM_.*|LVM_.*|SQLITE_.*|RUST_.*|SELINUX.*|PAMC?_.*',
    '(?:HTTPS?|FTP|NO|ALL)_PROXY|SSH_.*',
    // Engines, and what makes networks and containers for them.
    'DOCKER_.*|BUILDKIT_.*|BUILDX_.*|COMPOSE_.*|MOBY_.*|CONTAINER|_?CONTAINERS?_.*|_?PODMAN_.*|BUILDAH_.*|CONMON.*|STORAGE_.*|REGISTRY_.*',
    'NETAVARK_.*|AARDVARK_.*|CNI_.*|RUNC_.*|CRUN_.*|_LIBCONTAINER_.*',
    '(?:XTABLES|IP6?TABLES|ARPTABLES|EBTABLES)_.*|TC_LIB_DIR|MODPROBE_.*|GZIP|PIGZ|UNPIGZ',
    // The system, and shells that a program of this name may be a script of.
    'XDG_.*|DBUS_.*|SYSTEMD_.*|NOTIFY_SOCKET|LISTEN_.*|INVOCATION_ID|BASH_.*|BASHOPTS|SHELLOPTS|PS4',
    'OTEL_.*|DEPLOYGUARD_.*',
  ].join('|')})$`,
  'i',
);

/** Longer lines neither Podman nor Docker reads: the buffer of a scanner of Go. */
const maxLineBytes = 64 * 1024 - 1;

export interface SplitEnvironment {
  /** A file for `--env-file`: each line is taken as it is, from the first `=` on. */
  readonly file: string;
  /** Handed on from the environment of the engine's client. */
  readonly inherited: Readonly<Record<string, string>>;
  /** In its arguments. */
  readonly spelledOut: Readonly<Record<string, string>>;
}

/**
 * How the environment of an application gets into its container: by a file that only the engine's client reads, so that no value stands in an argument
 * list that everybody on the machine can read, and none changes what the client itself does. What such a file cannot hold, values with line ends and very
 * long ones, is handed on from the client's own environment; names that mean something to the client are then spelled out, and cannot be secrets.
 */
export function splitEnvironment(env: Readonly<Record<string, string>>, secretNames: readonly string[]): SplitEnvironment {
  let file = '';
  const inherited: Record<string, string> = {};
  const spelledOut: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name === 'PORT') continue;
    if (isLine(`${name}=${value}`)) file += `${name}=${value}\n`;
    else if (!readByEngine.test(name)) inherited[name] = value;
    else if (!secretNames.includes(name)) spelledOut[name] = value;
    else {
      throw new DeliveryError(
        'RELEASE_INVALID',
        `${name} cannot be a secret of an application in a container as long as its value has several lines or nearly 64 KiB: the container engine, or what it starts, reads a variable of this name itself. Give it another name.`,
      );
    }
  }
  return { file, inherited, spelledOut };
}

function isLine(text: string): boolean {
  return !/[\r\n]/.test(text) && Buffer.byteLength(text) <= maxLineBytes;
}
