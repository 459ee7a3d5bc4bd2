import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { servePhp } from './example.ts';
import { buildMeaning } from './build-meaning.ts';
import { listSteps, type Step } from './list-steps.ts';

/** What a start command comes to. */
export interface StartMeaning {
  /** The words of each program, which may hold `*` where the shell finds the file. */
  readonly programs: readonly (readonly string[])[];
  /** Whether it brings the database up to date before, which is a release command with us. */
  readonly migrates: boolean;
}

/** Of host, port, workers and logging: they take a value. */
const valuedOptions = /^(?:--(?:host|port|bind|workers|threads|log-level|server\.(?:address|port))|-[bpow])$/;
const plainOptions = /^(?:--(?:host|port|bind|workers|log-level|server\.\w+)=.*|-A|--allow-\S+|\$JAVA_OPTS|-D[\w.]+\.port=\S*)$/;

/** `build` is the command that is said to build the program. */
export function startMeaning(start: string, build: string | undefined, folder: string): StartMeaning {
  const steps = listSteps(start, folder);
  const isMigration = ({ words }: Step): boolean => words.some((word) => /(?:^|:)migrate$/.test(word));
  const programs = steps.filter((step) => !isMigration(step));
  return {
    // What does nothing else is the program itself.
    programs: (programs.length > 0 ? programs : steps).map((step) => toProgram(step, build)),
    migrates: programs.length > 0 && programs.length < steps.length,
  };
}

export function isSameStart(theirs: StartMeaning, ours: StartMeaning): boolean {
  return (
    theirs.programs.length > 0 &&
    theirs.programs.length === ours.programs.length &&
    theirs.programs.every((words, index) => {
      const own = ours.programs[index]!;
      return (
        words.length === own.length && words.every((word, at) => word === own[at] || (word.includes('*') && matchesGlob(own[at]!, word)))
      );
    })
  );
}

function toProgram({ words: all, folder }: Step, build: string | undefined): readonly string[] {
  const words = all.filter(
    (word, index) => !plainOptions.test(word) && !valuedOptions.test(word) && !valuedOptions.test(all[index - 1] ?? ''),
  );
  const [program = '', ...rest] = words;
  // PHP's own server is a server of PHP of a folder, as others are.
  if (program === 'php' && rest[0] === '-S') return [servePhp, rest[2] === '-t' ? rest[3]! : '.'];
  // What `application` is called by itself.
  if (program === 'gunicorn') return [program, ...rest.map((word) => word.replace(/:application$/, ''))];
  // A release of Phoenix starts the same endpoint (https://hexdocs.pm/phoenix/releases.html).
  if (program === 'mix' && rest[0] === 'phx.server' && usesPhoenix(folder)) return ['_build/prod/rel/*/bin/*', 'start'];
  const goPackage = findGoPackage(program, build, folder);
  if (goPackage !== undefined) return [goPackage, ...rest];
  // What the plugin `application` installs starts the archive of the same project (https://docs.gradle.org/current/userguide/application_plugin.html).
  const installed = /^((?:.+\/)?build)\/install\/([^/]+)\/bin\/[^/]+$/.exec(program);
  if (installed) return ['java', '-jar', `${installed[1]!}/libs/${installed[2]!}.jar`];
  if (program === 'dotnet' && rest[0]?.endsWith('.dll')) return [nameOf(rest[0].replace(/\.dll$/, '')), ...rest.slice(1)];
  return /^(?:\.\/)?(?:bin|out|target\/release)\/[^/]+$/.test(program) ? [nameOf(program), ...rest] : words;
}

/** A program that `go build` names by `-o` is the package that it is built of. */
function findGoPackage(program: string, build: string | undefined, folder: string): string | undefined {
  const output = /\bgo build\b.*? -o (\S+)/.exec(build ?? '')?.[1];
  if (output === undefined || program.replace(/^\.\//, '') !== output) return undefined;
  return buildMeaning([build!], folder).find((step) => step.startsWith('go build'));
}

function usesPhoenix(folder: string): boolean {
  const manifest = join(folder, 'mix.exs');
  return existsSync(manifest) && readFileSync(manifest, 'utf8').includes('{:phoenix,');
}

function nameOf(path: string): string {
  return path.split('/').at(-1)!;
}
