import { KeyringError } from '../../platform/keyring/index.ts';
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

/** What a release would be started with, did variables of its application not have the same names. */
export function sealCovered(keyring: Keyring, releaseId: string, values: Readonly<Record<string, string>>): string {
  return keyring.wrapKey(Buffer.from(JSON.stringify(values)), `covered ${releaseId}`);
}

export function openCovered(keyring: Keyring, releaseId: string, sealed: string): Record<string, string> {
  return JSON.parse(keyring.unwrapKey(sealed, `covered ${releaseId}`).toString('utf8')) as Record<string, string>;
}

interface SealedRelease {
  readonly id: string;
  readonly sealed_env: Buffer;
}

/** Names of the variables with whose values a release was started. Those that can be opened no more, for their key is gone, are not among them. */
export function listInUse(
  keyring: Keyring,
  applicationId: string,
  { id, sealed_env: sealedEnv }: SealedRelease,
  variables: readonly { readonly name: string; readonly sealed_value: Buffer }[],
): ReadonlySet<string> {
  const inUse = tryToOpen(() => openReleaseEnv(keyring, id, sealedEnv)) ?? {};
  const isInUse = ({ name, sealed_value: sealed }: (typeof variables)[number]): boolean =>
    Object.hasOwn(inUse, name) && inUse[name] === tryToOpen(() => openVariable(keyring, applicationId, name, sealed));
  return new Set(variables.filter(isInUse).map(({ name }) => name));
}

/** Names of variables that were added, changed or taken away since a release that had these; all when its values can be opened no more. */
export function listChanged(
  keyring: Keyring,
  { id, sealed_env: sealedEnv }: SealedRelease,
  names: readonly string[],
  given: Readonly<Record<string, string>>,
): string[] {
  const before = tryToOpen(() => openReleaseEnv(keyring, id, sealedEnv)) ?? {};
  return [...new Set([...names, ...Object.keys(given)])]
    .filter((name) => !names.includes(name) || !Object.hasOwn(given, name) || before[name] !== given[name])
    .sort();
}

function tryToOpen<Value>(open: () => Value): Value | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof KeyringError) return undefined;
    throw error;
  }
}

function contextOf(applicationId: string, name: string): string {
  return `variable ${applicationId} ${name}`;
}
