import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const lastFanoutEntry = 8 + 255 * 4;

/**
 * How many objects the packs hold, from the last entry of each index's fan-out table (gitformat-pack, version 2). For progress only:
 * objects in several packs count more than once, loose ones not at all.
 */
export function countPackedObjects(objectDirectories: readonly string[]): number {
  let count = 0;
  for (const directory of objectDirectories) {
    for (const name of listNames(join(directory, 'pack'))) {
      if (name.endsWith('.idx')) count += readUint32(join(directory, 'pack', name), lastFanoutEntry);
    }
  }
  return count;
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readUint32(file: string, offset: number): number {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(4);
    return readSync(descriptor, bytes, 0, 4, offset) === 4 ? bytes.readUInt32BE() : 0;
  } finally {
    closeSync(descriptor);
  }
}
