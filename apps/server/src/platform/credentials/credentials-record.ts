import { parseCloneUrl } from '@deployguard/git';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { CredentialsError } from './credentials-error.ts';
import { GitCredentials } from './git-credentials.ts';

/** Servers that they are for, such as `https://git.example.com` or `ssh://git.example.com:2222`; without it, those that the operator named. */
const origins = Type.Optional(Type.Array(Type.String({ maxLength: 500 }), { maxItems: 100 }));

// What stands in a header must not end it; a colon would end the name (RFC 7617).
const TokenRecord = Type.Object({
  username: Type.Optional(Type.Union([Type.String({ maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f:]*$' }), Type.Null()])),
  token: Type.String({ minLength: 1, maxLength: 8192, pattern: '^[^\\x00-\\x1f\\x7f]*$' }),
  origins,
});

const KeyRecord = Type.Object({
  private_key: Type.String({ maxLength: 32_768, pattern: '^-----BEGIN [A-Z ]*PRIVATE KEY-----\\r?\\n' }),
  known_hosts: Type.String({ minLength: 1, maxLength: 65_536 }),
  origins,
});

const CredentialsRecord = Type.Union([TokenRecord, KeyRecord]);
export type CredentialsRecord = Static<typeof CredentialsRecord>;

/** Credentials as those who keep them write them down: a token for https, or a private key and the keys of servers for ssh. */
export function isCredentialsRecord(value: unknown): value is CredentialsRecord {
  return Check(CredentialsRecord, value);
}

/**
 * Throws `CREDENTIALS_NOT_FOR_ORIGIN` for an address that they are not for. `usualOrigins` are those of credentials that do not say: whoever
 * asks chooses the address, so without either they go nowhere.
 */
export function toGitCredentials(record: CredentialsRecord, url: string, usualOrigins: readonly string[]): GitCredentials {
  const origin = findOrigin(url);
  const origins = record.origins ?? usualOrigins;
  if (!origins.some((allowed) => isOrigin(allowed, origin)))
    throw record.origins === undefined ? forNoOrigin(origin) : notForOrigin(origin);
  const isKey = 'private_key' in record;
  if (isKey !== origin.startsWith('ssh:')) {
    throw new CredentialsError(
      'CREDENTIALS_NOT_FOR_ORIGIN',
      isKey ? 'These credentials are a key, which is for ssh addresses.' : 'These credentials are a token, which is for https addresses.',
    );
  }
  if (isKey) {
    // OpenSSH takes a key for damaged whose last line does not end.
    return new GitCredentials({ privateKey: `${record.private_key.trimEnd()}\n`, knownHosts: `${record.known_hosts.trimEnd()}\n` });
  }
  return new GitCredentials({ ...(record.username ? { username: record.username } : {}), password: record.token });
}

/** A token goes over https alone, a key over ssh. */
export function findOrigin(url: string): string {
  // `user@host:path` is no address that says what it is.
  if (!/^(?:https|ssh):\/\//i.test(url)) throw notForOrigin('an address that is neither https nor ssh');
  let parsed: ReturnType<typeof parseCloneUrl>;
  try {
    parsed = parseCloneUrl(url);
  } catch {
    throw notForOrigin('such an address');
  }
  const { protocol, host, port } = parsed;
  return `${protocol}://${host.toLowerCase()}${port === usualPorts[protocol] ? '' : `:${port}`}`;
}

const usualPorts: Readonly<Record<string, number>> = { https: 443, ssh: 22 };

/** Whatever path stands behind it: what is meant is the server. */
function isOrigin(allowed: string, origin: string): boolean {
  const parts = /^(https|ssh):\/\/[^/]+/i.exec(allowed);
  try {
    return parts !== null && findOrigin(`${parts[0]}/any`) === origin;
  } catch {
    return false;
  }
}

function forNoOrigin(origin: string): CredentialsError {
  return new CredentialsError(
    'CREDENTIALS_NOT_FOR_ORIGIN',
    `These credentials do not say which servers they are for, so they are not sent to ${origin}. Whoever keeps them adds "origins", or the operator names the server in auth.credentialsOrigins.`,
  );
}

function notForOrigin(origin: string): CredentialsError {
  return new CredentialsError('CREDENTIALS_NOT_FOR_ORIGIN', `These credentials are not for ${origin}.`);
}
