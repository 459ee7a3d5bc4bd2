import type { Keyring } from '../../platform/keyring/index.ts';

/** Bound to its application and name: in another row it cannot be opened. */
export function sealVariable(keyring: Keyring, applicationId: string, name: string, value: string): Buffer {
  return Buffer.from(keyring.wrapKey(Buffer.from(value), contextOf(applicationId, name)));
}

export function openVariable(keyring: Keyring, applicationId: string, name: string, sealed: Buffer): string {
  return keyring.unwrapKey(sealed.toString('latin1'), contextOf(applicationId, name)).toString('utf8');
}

/** All that a release is started with, as one: it comes back with the release, whatever was set since. */
export function sealReleaseEnv(keyring: Keyring, releaseId: string, env: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(keyring.wrapKey(Buffer.from(JSON.stringify(env)), `release ${releaseId}`));
}

export function openReleaseEnv(keyring: Keyring, releaseId: string, sealed: Buffer): Record<string, string> {
  return JSON.parse(keyring.unwrapKey(sealed.toString('latin1'), `release ${releaseId}`).toString('utf8')) as Record<string, string>;
}

function contextOf(applicationId: string, name: string): string {
  return `variable ${applicationId} ${name}`;
}
