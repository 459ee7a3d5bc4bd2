import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The names under which a repository's configuration is looked for, first found first. */
export const configurationFileNames = ['.deployguard.toml', '.deployguard.yaml', '.deployguard.yml'] as const;

/** The configuration file at the top of a work tree. Only a regular file counts: a link could point anywhere. */
export function findConfiguration(directory: string): string | undefined {
  // A bundle has no work tree.
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return configurationFileNames.map((name) => join(directory, name)).find((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile());
}
