import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where package managers fetch from. All of it may hold credentials: it reaches a build as files that do not stay, never what is built. */
export interface PackageRegistries {
  /** Content of an `.npmrc`: npm, pnpm, Yarn 1. */
  readonly npmrc?: string;
  /** Content of a `pip.conf`. */
  readonly pipConf?: string;
  /** As `GOPROXY`. */
  readonly goProxy?: string;
  /** As `GOSUMDB`; `off` where the checksum database cannot be reached. */
  readonly goSumDb?: string;
  /** Content of a `config.toml` of Cargo. */
  readonly cargoConfig?: string;
  /** Content of a `settings.xml` of Maven. */
  readonly mavenSettings?: string;
  /** Certificates (PEM) to trust, all of them: they take the place of the system's. */
  readonly authorities?: string;
}

/** How a setting reaches a build. */
export interface RegistrySecret {
  /** Name of its file, and of the secret in an image build. */
  readonly id: string;
  /** Variables that hold the path of its file. */
  readonly pathVariables?: readonly string[];
  /** The variable that holds its content. */
  readonly valueVariable?: string;
  /** Where programs look for it below the home directory, when no variable names it. */
  readonly homePath?: string;
}

/** Of what `authorities` reaches a build as. */
export const authoritiesId = 'ca.pem';

const registrySecrets: Readonly<Record<keyof PackageRegistries, RegistrySecret>> = {
  npmrc: { id: 'npmrc', pathVariables: ['npm_config_userconfig'] },
  pipConf: { id: 'pip.conf', pathVariables: ['PIP_CONFIG_FILE'] },
  goProxy: { id: 'goproxy', valueVariable: 'GOPROXY' },
  goSumDb: { id: 'gosumdb', valueVariable: 'GOSUMDB' },
  cargoConfig: { id: 'cargo.toml', homePath: '.cargo/config.toml' },
  mavenSettings: { id: 'settings.xml', homePath: '.m2/settings.xml' },
  authorities: {
    id: authoritiesId,
    pathVariables: [
      'NODE_EXTRA_CA_CERTS',
      'SSL_CERT_FILE',
      'PIP_CERT',
      'REQUESTS_CA_BUNDLE',
      'CURL_CA_BUNDLE',
      'CARGO_HTTP_CAINFO',
      'GIT_SSL_CAINFO',
    ],
  },
};

/** The settings that are given, each with how it reaches a build. */
export function listRegistrySecrets(registries: PackageRegistries): (RegistrySecret & { readonly content: string })[] {
  return Object.entries(registrySecrets).flatMap(([key, secret]) => {
    const content = registries[key as keyof PackageRegistries];
    return content === undefined || content === '' ? [] : [{ ...secret, content }];
  });
}

/** Writes the settings as files that only their owner can read, and gives the paths by their ids. */
export async function writeRegistrySecrets(registries: PackageRegistries, directory: string): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const { id, content } of listRegistrySecrets(registries)) {
    const path = join(directory, id);
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
    paths.set(id, path);
  }
  return paths;
}

/** The lines of the settings that may be credentials: what follows a `=`, and whatever stands before the `@` of an address. */
export function listRegistryCredentials(registries: PackageRegistries): string[] {
  const texts = listRegistrySecrets(registries).filter(({ id }) => id !== authoritiesId);
  return texts.flatMap(({ content }) => [
    ...[...content.matchAll(/:\/\/([^/@\s]+)@/g)].map(([, user]) => user!),
    ...[...content.matchAll(/(?:_auth|_authToken|_password|token)\s*=\s*"?([^"\s]+)/gi)].map(([, value]) => value!),
    ...[...content.matchAll(/<password>([^<]+)<\/password>/g)].map(([, value]) => value!),
  ]);
}
