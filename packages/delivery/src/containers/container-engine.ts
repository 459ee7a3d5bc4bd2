/** The program that makes and runs images, and how it is called on this machine. All of it is configuration. */
export interface ContainerEngine {
  readonly kind: 'podman' | 'docker';
  /** A name looked up in the `PATH` of `environment`, or a path. */
  readonly program: string;
  /** Before every command, such as `--runtime`, `runc`. */
  readonly arguments?: readonly string[];
  /** Of `build` alone, such as `--ulimit`, `nofile=1024:1024`. */
  readonly buildArguments?: readonly string[];
  /** Of `run` alone. */
  readonly runArguments?: readonly string[];
  /** Of `push` alone, such as `--tls-verify=false` for a registry without TLS. */
  readonly pushArguments?: readonly string[];
  /** Everything that it sees; at least `PATH`, and mostly `HOME`. */
  readonly environment: Readonly<Record<string, string>>;
}
