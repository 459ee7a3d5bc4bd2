import { isInstallation } from './install-meaning.ts';
import { listSteps } from './list-steps.ts';

/** They make a later start faster, and are no part of what is built. */
const warmUps = /^(?:php artisan \w+:cache|bootsnap precompile|mix compile|deno cache)/;

/** What a build comes to: its steps without options, sorted. Empty when nothing is built. */
export function buildMeaning(commands: readonly string[], folder: string): string[] {
  const steps = commands.flatMap((command) => listSteps(command, folder)).filter(({ words }) => !isInstallation(words));
  const meanings = steps.map(({ words }) => words).flatMap((words) => (warmUps.test(words.join(' ')) ? [] : [toMeaning(words)]));
  return [...new Set(meanings)].sort();
}

function toMeaning(words: readonly string[]): string {
  const [program = '', ...rest] = words;
  const command = words.join(' ');
  if (program === 'go' && rest[0] === 'build') return `go build ${findGoPackage(rest.slice(1))}`;
  if (program === 'cargo' && rest[0] === 'build') return `cargo build ${/--package (\S+)/.exec(command)?.[1] ?? ''}`.trim();
  // Later phases contain the earlier ones.
  if (/^(?:\.\/)?mvnw?$/.test(program)) return 'maven package';
  if (/^(?:\.\/)?gradlew?$/.test(program)) return 'gradle build';
  if (program === 'dotnet' && rest[0] === 'publish') return 'dotnet publish';
  if (program === 'rake') return `rails ${rest.join(' ')}`;
  return command.replace(/^(turbo|nx) run /, '$1 ');
}

/** The last word that is none of an option; without one, and for the file in it, the folder itself. */
function findGoPackage(words: readonly string[]): string {
  const last = words.filter((word, index) => !word.startsWith('-') && words[index - 1] !== '-o').at(-1) ?? '.';
  return last === 'main.go' ? '.' : last;
}
