import type * as reader from './reader.ts';

/** What reads reports of scanners. It is loaded when one is to be read: who only writes reports should not wait for a hundred formats. */
export function loadReader(): Promise<typeof reader> {
  return import('./reader.ts');
}
