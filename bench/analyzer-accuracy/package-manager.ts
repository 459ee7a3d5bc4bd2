import { installMeaning } from './install-meaning.ts';
import { buildMeaning } from './build-meaning.ts';

/** What a plan installs with, of the languages that leave a choice. */
export function toPackageManager(language: string | undefined, commands: readonly string[], folder: string): string | undefined {
  if (language === 'node' || language === 'python') return installMeaning(commands, folder)[0]?.split(' ')[0];
  if (language === 'java') return buildMeaning(commands, folder).flatMap((step) => /^(maven|gradle) /.exec(step)?.[1] ?? [])[0];
  return undefined;
}
