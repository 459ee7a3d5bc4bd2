import type { CliContext } from '../context.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Credentials for the remote come from the environment: an argument could be read by every user of the machine. */
export function readCredentials({ environment }: CliContext): Credentials | undefined {
  const password = environment['DEPLOYGUARD_GIT_TOKEN'];
  if (password === undefined || password === '') return undefined;
  // Hosts that take tokens as passwords accept any name; this is the one that GitHub documents.
  return { username: environment['DEPLOYGUARD_GIT_USERNAME'] || 'x-access-token', password };
}
