import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every file, directory and link below a directory with its kind, permissions and a digest of its bytes: equal before and after means untouched. */
export function listFileDigests(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'latin1' }).sort();
  return names.map((name) => {
    const path = Buffer.concat([Buffer.from(join(directory, '/')), Buffer.from(name, 'latin1')]);
    const status = lstatSync(path);
    const bytes = status.isFile() ? readFileSync(path) : status.isSymbolicLink() ? readlinkSync(path) : '';
    return `${name} ${status.mode.toString(8)} ${createHash('sha256').update(bytes).digest('hex')}`;
  });
}
