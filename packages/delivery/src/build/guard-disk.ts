import { statfs } from 'node:fs/promises';
import { DeliveryError } from '../delivery-error.ts';

/** Ends a build before it has filled a disk that others need. */
export interface DiskGuard extends Disposable {
  /** Aborted when the disk is nearly full, or by the signal of the build. */
  readonly signal: AbortSignal;
  /** Throws if it was the disk. @throws {DeliveryError} `BUILD_TOO_LARGE` */
  assertRoom(): void;
  /** Whether there is next to no room now, whoever took it. */
  isFull(): Promise<boolean>;
}

const reserveBytes = 1024 ** 3;
/** Of a small disk, and of the files that one can hold. */
const reserveShare = 0.02;
const everyMilliseconds = 500;

/** One that is as full from the start is not guarded: the build is not to blame. */
export async function guardDisk(place: string, signal?: AbortSignal): Promise<DiskGuard> {
  const full = new AbortController();
  const look = async (): Promise<void> => {
    if (await isNearlyFull(place)) full.abort();
  };
  const timer = (await isNearlyFull(place)) ? undefined : setInterval(() => void look(), everyMilliseconds).unref();
  return {
    signal: AbortSignal.any([full.signal, ...(signal ? [signal] : [])]),
    assertRoom() {
      if (full.signal.aborted && !signal?.aborted)
        throw new DeliveryError(
          'BUILD_TOO_LARGE',
          'The build was stopped: it had all but filled the disk. Leave out what is not needed to run it.',
        );
    },
    isFull: () => isNearlyFull(place),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

async function isNearlyFull(place: string): Promise<boolean> {
  const found = await statfs(place).catch(() => undefined);
  if (found === undefined) return false;
  const { bavail, blocks, bsize, files, ffree } = found;
  // Some file systems have no fixed number of files, and say 0.
  if (files > 0 && ffree < files * reserveShare) return true;
  return bavail * bsize < Math.min(reserveBytes, blocks * bsize * reserveShare);
}
