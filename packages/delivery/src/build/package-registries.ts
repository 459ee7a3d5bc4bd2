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

/** What may be a credential in the settings, in each form in which programs may print it. */
export function listRegistryCredentials(registries: PackageRegistries): string[] {
  const texts = listRegistrySecrets(registries).filter(({ id }) => id !== authoritiesId);
  const credentials = texts.flatMap(({ content }) => findCredentials(content)).flatMap(listReadings);
  return [...new Set(credentials.flatMap((credential) => [credential, ...escapeXml(credential)]))];
}

/** Whatever stands before the `@` of an address, what a token or a password is set to, and elements of Maven. */
function findCredentials(content: string): string[] {
  const headers = [...content.matchAll(/<httpHeaders>[^]*?<\/httpHeaders>/g)].map(([block]) => block).join('\n');
  const found = [
    ...content.matchAll(/:\/\/([^/@\s"'<>]+)@/g),
    ...content.matchAll(/:\/\/([^/\s"'<>]+)@/g),
    ...content.matchAll(/(?:_auth|token|password|secret-key)["']?[ \t]*=[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^"'\s].*)/gi),
    ...content.matchAll(/<(?:password|passphrase)\b[^>]*>([^<]*|<!\[CDATA\[[^]*?\]\]>)<\//g),
    ...headers.matchAll(/<value\b[^>]*>([^<]*|<!\[CDATA\[[^]*?\]\]>)<\//g),
  ];
  return found.map(([, value]) => value!.trim());
}

/** A credential as it stands there, and what programs take it for. Each reading is shorter than what is read: they come to an end. */
function listReadings(credential: string): string[] {
  const known = new Set([credential]);
  for (const text of known) {
    for (const read of readings) {
      const result = read(text);
      if (result !== undefined && result !== '') known.add(result);
    }
  }
  return [...known];
}

const readings: readonly ((text: string) => string | undefined)[] = [
  (text) => /^(\S+)\s+[#;]/.exec(text)?.[1],
  (text) => (text.startsWith('"') ? unquote(text) : /^'(.*)'$/.exec(text)?.[1]),
  (text) => /^<!\[CDATA\[([^]*)\]\]>$/.exec(text)?.[1],
  (text) => /^(?:Basic|Bearer|Token)\s+(\S.*)$/i.exec(text)?.[1],
  // Of a user and a password the password; of a token with nothing beside it the token.
  (text) => /^([^\s:]+):(?:x-oauth-basic)?$/.exec(text)?.[1] ?? /^[^\s:]*:(.+)$/.exec(text)?.[1],
  (text) => (/%[\da-f]{2}/i.test(text) ? decodeAddress(text) : undefined),
  (text) => (/&#?\w+;/.test(text) ? unescapeXml(text) : undefined),
  (text) => (/^[\w+/-]{6,}={0,2}$/.test(text) ? decodeBase64(text) : undefined),
];

function unquote(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return /^"(.*)"$/.exec(text)?.[1];
  }
}

function decodeAddress(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const xmlCharacters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,5})|#(\d{1,6})|([a-z]+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (xmlCharacters[name] ?? whole) : String.fromCodePoint(Number(decimal));
  });
}

/** As strictly as one must, or with quotes as well. */
function escapeXml(text: string): string[] {
  const least = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [least, least.replaceAll('>', '&gt;').replaceAll('"', '&quot;')];
}

/** Undefined where no text comes of it. */
function decodeBase64(text: string): string | undefined {
  const decoded = Buffer.from(text, 'base64').toString();
  return /^[^\p{Cc}\u{fffd}]+$/u.test(decoded) ? decoded : undefined;
}
