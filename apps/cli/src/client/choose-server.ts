import { CliError } from '../cli-error.ts';
import type { ConnectionFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { readInputFile } from '../source/read-input-file.ts';
import { loadLogins } from './saved-logins.ts';

/** A service, and how one signs in there. */
export interface ServerChoice {
  /** Scheme, host and port, and a path if the service stands below one; no slash at the end. */
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Authorities (PEM) to trust besides the public ones. */
  readonly trustedCertificates: readonly string[];
}

/** Where `deployguard serve` listens unless told otherwise. */
const ownMachine = 'http://127.0.0.1:8000';

/**
 * The server that was named, in the environment or by the last login, else the one of this machine; with the key of the environment, else the
 * one of the login there.
 *
 * @throws {CliError} `USAGE`
 */
export async function chooseServer(flags: ConnectionFlags, context: CliContext): Promise<ServerChoice> {
  const { environment } = context;
  const logins = await loadLogins(context);
  const url = parseServerUrl(flags.server ?? environment['DEPLOYGUARD_SERVER'] ?? logins.current ?? ownMachine);
  const login = logins.servers[url];
  const apiKey = environment['DEPLOYGUARD_API_KEY'] || login?.apiKey;
  if (apiKey !== undefined) assertKeptSecret(url, flags.allowHttp ?? false);
  const caFile = flags.caFile ?? environment['DEPLOYGUARD_CA_FILE'] ?? login?.caFile;
  return { url, apiKey, trustedCertificates: caFile === undefined ? [] : [readCertificates(caFile, context)] };
}

/** @throws {CliError} `USAGE` for what is no address of a server. */
export function parseServerUrl(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // Told below.
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError('USAGE', `"${text}" is no address of a server. Write it like https://deployguard.example.com.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new CliError('USAGE', 'The address of the server holds credentials. Sign in with `deployguard login` instead.');
  }
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
}

/** A key that went over the network in the clear is everybody's. @throws {CliError} `USAGE` */
export function assertKeptSecret(url: string, isHttpAllowed: boolean): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isHttpAllowed || /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname)) return;
  throw new CliError('USAGE', `Your API key would go to ${url} unencrypted. Use https, or --allow-http if nobody else is on that network.`);
}

function readCertificates(file: string, context: CliContext): string {
  const text = readInputFile(file, context).content.toString('utf8');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new CliError('USAGE', `${file} holds no certificate in PEM.`);
}
