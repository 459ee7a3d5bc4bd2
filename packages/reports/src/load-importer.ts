import type * as importer from './importer.ts';

/** What imports findings to other systems; loaded when that is to be done. */
export function loadImporter(): Promise<typeof importer> {
  return import('./importer.ts');
}
