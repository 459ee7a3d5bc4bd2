import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { cleanedLayoutAt, type CleanedLayout, defaultCleanedPath } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { CleanFlags } from '../commands/clean.ts';
import type { CliContext } from '../context.ts';
import type { OpenSource } from '../source/open-source.ts';

/** Where the result of a cleaning goes. */
export interface CleanOutput {
  readonly kind: 'directory' | 'zip' | 'bundle' | 'in-place' | 'none';
  /** The directory or archive, and what is written beside it. */
  readonly layout: CleanedLayout;
}

const kindByExtension: Readonly<Record<string, 'zip' | 'bundle'>> = { '.zip': 'zip', '.bundle': 'bundle' };

/** @throws {CliError} `OUTPUT_EXISTS` for a place that the user named, unless it may be replaced. */
export function chooseOutput(flags: CleanFlags, source: OpenSource, { workingDirectory }: CliContext): CleanOutput {
  const sourcePath = source.path ?? join(workingDirectory, basename(source.name));
  if (flags.dryRun) return { kind: 'none', layout: cleanedLayoutAt(defaultCleanedPath(sourcePath)) };
  if (flags.inPlace) return { kind: 'in-place', layout: cleanedLayoutAt(sourcePath) };
  if (flags.output === undefined) return { kind: 'directory', layout: cleanedLayoutAt(findFreePath(sourcePath, flags.force ?? false)) };
  const path = resolve(workingDirectory, flags.output);
  if (existsSync(path) && !flags.force) {
    throw new CliError('OUTPUT_EXISTS', `${path} exists already. Name another place with --output, or replace it with --force.`);
  }
  return { kind: kindByExtension[extname(path)] ?? 'directory', layout: cleanedLayoutAt(path) };
}

/** `app.cleaned.git`, then `app.cleaned-2.git`: an earlier result is only replaced when the user says so. */
function findFreePath(sourcePath: string, mayReplace: boolean): string {
  for (let number = 1; ; number++) {
    const path = defaultCleanedPath(sourcePath, number);
    if (mayReplace || !existsSync(path)) return path;
  }
}
