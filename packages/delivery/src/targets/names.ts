import { DeliveryError } from '../delivery-error.ts';
import type { Release } from '../release/release.ts';

/** What every target refuses, whatever it runs applications in. @throws {DeliveryError} RELEASE_INVALID */
export function assertRelease({ application, id, env, background = [] }: Release): void {
  assertName(application, 'an application');
  assertName(id, 'a release');
  for (const { name } of background) assertProcessName(name);
  assertEnvironment(env);
}

/** Names become parts of paths, container names and labels: what they may look like is the least that all of them take. */
export function assertName(name: string, of: string): void {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new DeliveryError(
    'RELEASE_INVALID',
    `"${name.slice(0, 80)}" cannot be the name of ${of}: lower-case letters, digits and hyphens between them, at most 63.`,
  );
}

/** Becomes part of the ids of instances, behind that of a run. */
function assertProcessName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,15}$/.test(name)) return;
  throw new DeliveryError(
    'RELEASE_INVALID',
    `"${name.slice(0, 80)}" cannot be the name of a process: lower-case letters, digits and hyphens, at most 16.`,
  );
}

/** Environment variables of an application, as they can be handed to a program. */
function assertEnvironment(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) {
      throw new DeliveryError(
        'RELEASE_INVALID',
        `"${name.slice(0, 80)}" cannot be the name of an environment variable: letters, digits and underscores, not beginning with a digit.`,
      );
    }
    if (value.includes('\0'))
      throw new DeliveryError('RELEASE_INVALID', `The value of ${name} contains a zero byte, which no program can be given.`);
  }
}
