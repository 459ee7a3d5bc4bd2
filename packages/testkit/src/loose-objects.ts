import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Writes any bytes as a loose object of any type, valid or not, without asking git (format: gitformat-loose(5)). Gives its id. */
export function writeLooseObject(gitDir: string, algorithm: 'sha1' | 'sha256', type: string, content: Uint8Array): string {
  const store = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const oid = createHash(algorithm).update(store).digest('hex');
  const directory = join(gitDir, 'objects', oid.slice(0, 2));
  const path = join(directory, oid.slice(2));
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, deflateSync(store, { level: 1 }));
  }
  return oid;
}
