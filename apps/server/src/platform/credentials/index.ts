export { createCredentialsClient } from './credentials-client.ts';
export type { CredentialsClient, CredentialsClientOptions, CredentialsRequest } from './credentials-client.ts';
export { createCredentialsFile, describeCredentialsFault } from './credentials-file.ts';
export type { CredentialsErrorCode } from './credentials-error.ts';
export type { GitCredentials } from './git-credentials.ts';
