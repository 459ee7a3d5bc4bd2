import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from './configuration-error.ts';

/** The names under which a repository's configuration is looked for. */
export const configurationFileNames = ['.deployguard.toml', '.deployguard.yaml', '.deployguard.yml'] as const;

/**
 * The configuration file at the top of a work tree. Only a regular file counts: a link could point anywhere.
 *
 * @throws {ConfigurationError} for more than one: what the other says would go unheard.
 */
export function findConfiguration(directory: string): string | undefined {
  // A bundle has no work tree.
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const files = configurationFileNames
    .map((name) => join(directory, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile());
  if (files.length > 1)
    throw new ConfigurationError(`There are ${files.join(' and ')}, and only one can count. Keep one, or name it with --config.`);
  return files[0];
}
