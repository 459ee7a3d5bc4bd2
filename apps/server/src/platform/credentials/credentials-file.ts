import { open } from 'node:fs/promises';
import { parse } from 'yaml';
import type { CredentialsClient, CredentialsClientOptions } from './credentials-client.ts';
import { CredentialsError } from './credentials-error.ts';
import { findOrigin, isCredentialsRecord, toGitCredentials } from './credentials-record.ts';

type CredentialsFileOptions = Pick<CredentialsClientOptions, 'usualOrigins'>;

/**
 * Credentials from a file of one's own (YAML or JSON), for a service of one user: by name what the service that keeps credentials would
 * answer. It is read each time, so a change counts at once, and refused while others can read it.
 */
export function createCredentialsFile(file: string, { usualOrigins = [] }: CredentialsFileOptions = {}): CredentialsClient {
  return {
    async load({ credentialsId, url }) {
      // A wrong address is told before a wrong name.
      findOrigin(url);
      const records = await readRecords(file);
      if (!Object.hasOwn(records, credentialsId)) {
        throw new CredentialsError(
          'CREDENTIALS_NOT_FOUND',
          `There are no credentials ${credentialsId} in the file of auth.credentialsFile.`,
        );
      }
      const record = records[credentialsId];
      if (!isCredentialsRecord(record)) throw unreadable(describeRecordFault(credentialsId));
      return toGitCredentials(record, url, usualOrigins);
    },
  };
}

/** Why the file cannot be used, in words that quote nothing of it; undefined when it can. */
export async function describeCredentialsFault(file: string): Promise<string | undefined> {
  try {
    const unusable = Object.entries(await readRecords(file)).find(([, record]) => !isCredentialsRecord(record));
    return unusable === undefined ? undefined : `${describeRecordFault(unusable[0])}.`;
  } catch (error) {
    if (error instanceof CredentialsError) return error.message;
    throw error;
  }
}

function describeRecordFault(name: string): string {
  return `${name} has neither a token nor a private_key with known_hosts`;
}

async function readRecords(file: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    await using handle = await open(file);
    if (((await handle.stat()).mode & 0o077) !== 0) throw unreadable('others can read it; run "chmod 600" on it');
    text = await handle.readFile('utf8');
  } catch (error) {
    if (error instanceof CredentialsError) throw error;
    throw unreadable(`it cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
  const value = parseText(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('it is no YAML with a name for each of them');
  return value as Record<string, unknown>;
}

/** The message of the parser would quote the file. */
function parseText(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(why: string): CredentialsError {
  return new CredentialsError('CREDENTIALS_UNREADABLE', `The file of auth.credentialsFile cannot be used: ${why}.`);
}
