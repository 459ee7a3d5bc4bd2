import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Ids of the loose objects of an object directory (gitformat-loose(5)). */
export function* listLooseObjects(objectDirectory: string): Generator<string> {
  for (const prefix of readdirSync(objectDirectory)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const rest of readdirSync(join(objectDirectory, prefix))) {
      if (/^(?:[0-9a-f]{38}|[0-9a-f]{62})$/.test(rest)) yield prefix + rest;
    }
  }
}
