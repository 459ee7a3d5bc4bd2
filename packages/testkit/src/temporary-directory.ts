import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that is gone when its scope ends. */
export interface TemporaryDirectory extends Disposable {
  readonly path: string;
  dispose(): void;
}

/** Makes an empty directory: `using directory = createTemporaryDirectory()`. */
export function createTemporaryDirectory(prefix = 'deployguard-test-'): TemporaryDirectory {
  const path = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  const dispose = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  return { path, dispose, [Symbol.dispose]: dispose };
}
