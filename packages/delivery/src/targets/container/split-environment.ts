import { DeliveryError } from '../../delivery-error.ts';

/** What the engine's client, the loader of its program or its libraries would read themselves. */
const readByEngine =
  /^(?:PATH|HOME|USER|SHELL|TMPDIR|TZ|TZDIR|LANG|LANGUAGE|LC_.*|LD_.*|GLIBC_.*|MALLOC_.*|GCONV_PATH|LOCPATH|NLSPATH|RES_OPTIONS|LOCALDOMAIN|GO[A-Z0-9]*|SSL_.*|SSH_.*|(?:HTTPS?|FTP|NO|ALL)_PROXY|DOCKER_.*|BUILDKIT_.*|BUILDX_.*|COMPOSE_.*|_?CONTAINERS?_.*|PODMAN_.*|BUILDAH_.*|CONMON.*|STORAGE_.*|REGISTRY_.*|NETAVARK_.*|CNI_.*|RUNC_.*|XDG_.*|DBUS_.*|NOTIFY_SOCKET|LISTEN_.*|INVOCATION_ID|OTEL_.*|DEPLOYGUARD_.*)$/i;

/**
 * How the environment of an application gets into its container: handed on from the environment of the engine's client, so that no value stands in an
 * argument list that everybody on the machine can read. Names that mean something to the client itself are spelled out, and cannot be secrets.
 */
export function splitEnvironment(
  env: Readonly<Record<string, string>>,
  secretNames: readonly string[],
): { readonly inherited: Readonly<Record<string, string>>; readonly spelledOut: Readonly<Record<string, string>> } {
  const inherited: Record<string, string> = {};
  const spelledOut: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name === 'PORT') continue;
    if (!readByEngine.test(name)) inherited[name] = value;
    else if (!secretNames.includes(name)) spelledOut[name] = value;
    else {
      throw new DeliveryError(
        'RELEASE_INVALID',
        `${name} cannot be a secret of an application in a container: the container engine reads a variable of this name itself. Give it another name.`,
      );
    }
  }
  return { inherited, spelledOut };
}
