import { createCheckedFetch, createEgressPolicy } from '@deployguard/egress';
import { CredentialsError } from './credentials-error.ts';
import { findOrigin, isCredentialsRecord, toGitCredentials } from './credentials-record.ts';
import type { CredentialsRecord } from './credentials-record.ts';
import type { GitCredentials } from './git-credentials.ts';

export interface CredentialsClientOptions {
  /** `AUTH_SERVICE_URL`. The one host that this client can reach, wherever it is. */
  readonly serviceUrl: string;
  /** Who we are at the service. */
  readonly serviceToken?: string;
  /** Servers that credentials are for which do not say. Default: none. */
  readonly usualOrigins?: readonly string[];
  /** Certificates (PEM) of authorities that are trusted beside the public ones. */
  readonly trustedCertificates?: readonly string[];
  /** Default 10. */
  readonly timeoutSeconds?: number;
}

export interface CredentialsRequest {
  readonly credentialsId: string;
  /** Whose they are: the service decides whether that is so. */
  readonly userId: string;
  /** Where they will be sent. */
  readonly url: string;
}

/** Credentials for git, from the service that keeps them, each time they are needed. Nothing of them is kept here. */
export interface CredentialsClient {
  /**
   * Throws `CredentialsError`: `CREDENTIALS_NOT_FOUND` (also for somebody else's), `CREDENTIALS_NOT_FOR_ORIGIN` when they belong to another
   * server than the URL's, `CREDENTIALS_UNAVAILABLE` when the service does not answer, `CREDENTIALS_REFUSED` when it does not know us,
   * `CREDENTIALS_UNREADABLE`.
   */
  load(request: CredentialsRequest): Promise<GitCredentials>;
}

const maxAnswerBytes = 65_536;

/**
 * Asks `GET <service>/api/credentials/<id>` in the name of the user, and says in `X-Target-Origin` for which server; the answer is
 * `{"username", "token", "origins"?}`, or `{"private_key", "known_hosts", "origins"?}` for ssh.
 */
export function createCredentialsClient(options: CredentialsClientOptions): CredentialsClient {
  const { usualOrigins = [] } = options;
  const service = new URL(options.serviceUrl);
  const base = `${service.origin}${service.pathname.replace(/(?<!\/)\/+$/, '')}`;
  const fetch = createCheckedFetch({
    policy: createEgressPolicy({ allowHosts: [service.hostname] }),
    timeoutSeconds: options.timeoutSeconds ?? 10,
    maxResponseBytes: maxAnswerBytes,
    ...(options.trustedCertificates === undefined ? {} : { trustedCertificates: options.trustedCertificates }),
  });

  return {
    async load({ credentialsId, userId, url }) {
      const origin = findOrigin(url);
      // An id with a path in it, or a user with a second header, would ask for something else.
      if (!/^[A-Za-z0-9._~-]{1,200}$/.test(credentialsId) || /^\.+$/.test(credentialsId) || !/^[\x21-\x7e]{1,255}$/.test(userId))
        throw notFound();
      const headers = {
        accept: 'application/json',
        'x-user-id': userId,
        'x-target-origin': origin,
        ...(options.serviceToken === undefined ? {} : { authorization: `Bearer ${options.serviceToken}` }),
      };
      return toGitCredentials(await ask(`${base}/api/credentials/${credentialsId}`, headers), url, usualOrigins);
    },
  };

  async function ask(url: string, headers: Readonly<Record<string, string>>): Promise<CredentialsRecord> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(url, { headers });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      throw new CredentialsError('CREDENTIALS_UNAVAILABLE', 'The service that keeps credentials does not answer. Try again later.', {
        cause,
      });
    }
    if (status === 403 || status === 404) throw notFound();
    if (status === 401)
      throw new CredentialsError('CREDENTIALS_REFUSED', 'The service that keeps credentials does not accept us. Check auth.serviceToken.');
    if (status !== 200) {
      throw new CredentialsError(
        'CREDENTIALS_UNAVAILABLE',
        `The service that keeps credentials answered with status ${status}. Try again later.`,
      );
    }
    return parseAnswer(text);
  }
}

function parseAnswer(text: string): CredentialsRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The message of the parser would quote the answer.
  }
  if (!isCredentialsRecord(value)) {
    throw new CredentialsError(
      'CREDENTIALS_UNREADABLE',
      'The service that keeps credentials gave something else: username and token, or a private key and known hosts, were expected.',
    );
  }
  return value;
}

function notFound(): CredentialsError {
  return new CredentialsError('CREDENTIALS_NOT_FOUND', 'There are no such credentials, or they are not yours.');
}
