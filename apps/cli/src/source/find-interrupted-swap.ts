import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A repository whose git directory was moved away by a cleaning in place that was killed before it put the new one there. */
export interface InterruptedSwap {
  /** The original, whole. */
  readonly backup: string;
  /** Where it was. */
  readonly place: string;
}

/** Looks beside a path at which there is no repository; the newest backup counts. */
export function findInterruptedSwap(path: string): InterruptedSwap | undefined {
  const place = basename(path) === '.git' ? path : existsSync(path) ? join(path, '.git') : path;
  if (existsSync(place)) return undefined;
  const named = basename(place) === '.git' ? dirname(place) : place.replace(/\.git$/, '');
  const start = `${basename(named)}.backup-`;
  const backups = listNames(dirname(named)).filter((name) => name.startsWith(start) && /^\d{8}-\d{6}\.git$/.test(name.slice(start.length)));
  const newest = backups.sort().at(-1);
  return newest === undefined ? undefined : { backup: join(dirname(named), newest), place };
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
