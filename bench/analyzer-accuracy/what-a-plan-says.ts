import { buildMeaning } from './build-meaning.ts';
import { serveFiles, type Example } from './example.ts';
import { installMeaning } from './install-meaning.ts';
import { findFrameworkByName } from './labels.ts';

/** A plan of a set, without what is the set's own way of writing it. */
export interface Plan {
  readonly language: string | undefined;
  readonly install: readonly string[];
  readonly build: readonly string[];
  readonly start: string | undefined;
}

/** What the plan of an example says, by field. */
export function whatPlanSays(name: string, folder: string, { language, install, build, start }: Plan): Example['said'] {
  const framework = findFrameworkByName(name);
  const packageManager = toPackageManager(language, [...install, ...build], folder);
  return {
    ...(language && { language }),
    ...(framework && { framework }),
    ...(packageManager && { packageManager }),
    installCommand: install.join(' && '),
    buildCommand: build.join(' && '),
    ...(start && { startCommand: start }),
    ...(start?.startsWith(serveFiles) && { staticOutput: start.slice(serveFiles.length + 1) }),
  };
}

/** What a plan installs with, of the languages that leave a choice. */
function toPackageManager(language: string | undefined, commands: readonly string[], folder: string): string | undefined {
  if (language === 'node' || language === 'python') return installMeaning(commands, folder)[0]?.split(' ')[0];
  if (language === 'java') return buildMeaning(commands, folder).flatMap((step) => /^(maven|gradle) /.exec(step)?.[1] ?? [])[0];
  return undefined;
}
