export { loadKeyring, rotateKeyring } from './keyring-file.ts';
export type { KeyringSource } from './keyring-file.ts';
export { KeyringError } from './keyring-error.ts';
export type { KeyringErrorCode } from './keyring-error.ts';
export type { Keyring } from './keyring.ts';
