import { lstatSync, readdirSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { cleanedLayoutAt, type CleanedLayout, defaultCleanedPath } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { CleanFlags } from '../commands/clean.ts';
import type { CliContext } from '../context.ts';
import { assertOutputPlace } from '../source/assert-output-place.ts';
import type { OpenSource } from '../source/open-source.ts';

/** Where the result of a cleaning goes. */
export interface CleanOutput {
  readonly kind: 'directory' | 'zip' | 'bundle' | 'in-place' | 'none';
  /** The directory or archive, and what is written beside it. */
  readonly layout: CleanedLayout;
}

const kindByExtension: Readonly<Record<string, 'zip' | 'bundle'>> = { '.zip': 'zip', '.bundle': 'bundle' };

/** @throws {CliError} `OUTPUT_EXISTS` for a place that is taken and may not be replaced, `USAGE` for one in the source. */
export async function chooseOutput(flags: CleanFlags, source: OpenSource, { workingDirectory }: CliContext): Promise<CleanOutput> {
  const sourcePath = source.path ?? join(workingDirectory, basename(source.name).replace(/\.git$/, ''));
  if (flags.dryRun) return { kind: 'none', layout: cleanedLayoutAt(defaultCleanedPath(sourcePath)) };
  if (flags.inPlace) return { kind: 'in-place', layout: cleanedLayoutAt(sourcePath) };

  const path = flags.output === undefined ? findFreePath(sourcePath, flags.force ?? false) : resolve(workingDirectory, flags.output);
  const output: CleanOutput = { kind: kindByExtension[extname(path)] ?? 'directory', layout: cleanedLayoutAt(path) };
  for (const place of [path, join(output.layout.maps, 'commit-map')]) await assertOutputPlace(place, source.path);
  if (isTaken(path)) assertReplaceable(output, flags);
  return output;
}

/** `app.cleaned.git`, then `app.cleaned-2.git`: an earlier result is only replaced when the user says so. */
function findFreePath(sourcePath: string, mayReplace: boolean): string {
  for (let number = 1; ; number++) {
    const path = defaultCleanedPath(sourcePath, number);
    if (mayReplace || !isTaken(path)) return path;
  }
}

/** Also by a link that leads nowhere. */
function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** What stands there is removed with all that is in it, so it must be what a cleaning left, not somebody's home directory. */
function assertReplaceable({ kind, layout }: CleanOutput, { force }: CleanFlags): void {
  const { repository, proof } = layout;
  if (!force)
    throw new CliError('OUTPUT_EXISTS', `${repository} exists already. Name another place with --output, or replace it with --force.`);
  const found = lstatSync(repository);
  const isOfKind = kind === 'directory' ? found.isDirectory() : found.isFile();
  const isEmpty = found.isDirectory() && readdirSync(repository).length === 0;
  if (isOfKind && (isEmpty || lstatSync(proof, { throwIfNoEntry: false })?.isFile())) return;
  throw new CliError(
    'OUTPUT_EXISTS',
    `${repository} is no result of an earlier cleaning: there is no proof beside it. --force does not remove it; name another place.`,
  );
}
