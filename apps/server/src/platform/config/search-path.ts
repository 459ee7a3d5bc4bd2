import { readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Where programs are found for builds and applications: as for the service itself, and its own Node before any other. */
export function findSearchPath(): string {
  const given = (process.env['PATH'] ?? '')
    .split(':')
    .filter((path) => path.startsWith('/'))
    .flatMap((path) => [...findRustToolchain(path), path]);
  return [...new Set([dirname(process.execPath), ...given, '/usr/local/bin', '/usr/bin', '/bin'])].join(':');
}

/**
 * The programs that rustup's stand for, which look for them in a home that builds and applications do not see
 * (https://rust-lang.github.io/rustup/concepts/proxies.html).
 */
function findRustToolchain(folder: string): string[] {
  const { RUSTUP_HOME: directory = join(homedir(), '.rustup'), RUSTUP_TOOLCHAIN: chosen } = process.env;
  try {
    if (basename(realpathSync(join(folder, 'cargo'))) !== 'rustup') return [];
    const name = chosen ?? /^default_toolchain = "([^"]+)"$/m.exec(readFileSync(join(directory, 'settings.toml'), 'utf8'))![1]!;
    const bin = join(directory, 'toolchains', name, 'bin');
    realpathSync(join(bin, 'cargo'));
    return [bin];
  } catch {
    return [];
  }
}

/** Where an engine for containers looks for its settings, its credentials and the daemon that it speaks to. */
const engineVariables = [
  'HOME',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'REGISTRY_AUTH_FILE',
  'DOCKER_CONFIG',
  'DOCKER_HOST',
];

/** All that an engine for containers sees of the environment of the service. */
export function findEngineEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { PATH: `${findSearchPath()}:/usr/sbin:/sbin` };
  for (const name of engineVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
