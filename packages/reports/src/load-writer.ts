import type * as writer from './writer.ts';

/** What writes findings of scanners in other formats; loaded when they are to be written. */
export function loadWriter(): Promise<typeof writer> {
  return import('./writer.ts');
}
