import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeliveryError } from '../../delivery-error.ts';
import { listTakenPorts } from '../process/listening-ports.ts';
import { isDiskFull } from './is-disk-full.ts';

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Below what systems give to outgoing connections by default (ip(7), ip_local_port_range): nothing takes one of these by chance. */
export const defaultPorts: PortRange = { from: 20_000, to: 29_999 };

/** Longer than a start takes. */
const startMs = 60_000;

/** Ports that instances have been given, as files: a port has one owner from before its program listens until it is gone. */
export interface PortBook {
  /** @throws {DeliveryError} PORT_TAKEN. */
  reserve(owner: string): number;
  release(owner: string, port: number): void;
  /** Also those that a start had reserved which was broken off before anything else knew of them. */
  releaseAll(owner: string): void;
}

export function openPortBook(directory: string, range: PortRange, isOwnerGone: (owner: string) => boolean): PortBook {
  const fileOf = (port: number): string => join(directory, String(port));

  function take(owner: string, port: number): boolean {
    try {
      writeFileSync(fileOf(port), owner, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (isDiskFull(error)) throw new DeliveryError('DISK_FULL', 'There is no space left to start the application: remove old releases.');
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readOwner(port);
      if (holder === owner) return true;
      if (holder !== undefined && (isFresh(port) || !isOwnerGone(holder))) return false;
      rmSync(fileOf(port), { force: true });
      return false;
    }
  }

  /** Its owner may not be there yet. */
  function isFresh(port: number): boolean {
    const made = statSync(fileOf(port), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - made < startMs;
  }

  function readOwner(port: number): string | undefined {
    try {
      return readFileSync(fileOf(port), 'utf8');
    } catch {
      return undefined;
    }
  }

  function release(owner: string, port: number): void {
    if (readOwner(port) === owner) rmSync(fileOf(port), { force: true });
  }

  return {
    reserve(owner) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const taken = listTakenPorts();
      const count = range.to - range.from + 1;
      const first = Math.floor(Math.random() * count);
      for (let step = 0; step < count; step++) {
        const port = range.from + ((first + step) % count);
        if (!taken.has(port) && take(owner, port)) return port;
      }
      throw new DeliveryError('PORT_TAKEN', `All ports from ${range.from} to ${range.to} are taken: allow more, or stop applications.`);
    },
    release,
    releaseAll(owner) {
      if (!existsSync(directory)) return;
      for (const name of readdirSync(directory)) release(owner, Number(name));
    },
  };
}
