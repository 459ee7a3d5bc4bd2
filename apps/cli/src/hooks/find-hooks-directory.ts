import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { findSource, parseConfig } from '@deployguard/git';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { findHomeDirectory } from '../home-directory.ts';

export interface HooksDirectory {
  readonly path: string;
  /** Where `core.hooksPath` says so: the file that sets it. */
  readonly setBy?: string;
}

/**
 * Where git looks for the hooks of a repository: `core.hooksPath` of the nearest settings file, else `hooks` (githooks(5)). The settings are
 * read as text, without following includes; git is not run.
 *
 * @throws {CliError} `HOOKS_ARE_SHARED` when the directory lies outside the repository, so that installing would change other repositories,
 * and when it is husky's, whose own hooks are written anew with each `npm install`.
 */
export async function findHooksDirectory(
  repositoryPath: string,
  { environment }: Pick<CliContext, 'environment'>,
): Promise<HooksDirectory> {
  const source = await findSource(repositoryPath);
  if (source.kind === 'bundle') throw new CliError('USAGE', `${repositoryPath} is a bundle; hooks belong to a repository.`);
  const setting = findSetting([
    join(source.gitDir, 'config.worktree'),
    join(source.commonDir, 'config'),
    ...listUserConfigs(environment),
    '/etc/gitconfig',
  ]);
  if (!setting) return { path: join(source.commonDir, 'hooks') };

  const top = source.gitDir.endsWith(`${sep}.git`) ? dirname(source.gitDir) : realpathSync(repositoryPath);
  const home = findHomeDirectory(environment);
  const path = setting.value.startsWith('~/') ? join(home, setting.value.slice(2)) : resolve(top, setting.value);
  const isInside = [top, source.gitDir, source.commonDir].some((root) => `${path}${sep}`.startsWith(`${root}${sep}`));
  if (!isInside) throw new CliError('HOOKS_ARE_SHARED', describeShared(path, setting.file));
  if (path.endsWith(join('.husky', '_'))) throw new CliError('HOOKS_ARE_SHARED', describeHusky(path));
  return { path, setBy: setting.file };
}

function findSetting(files: readonly string[]): { readonly value: string; readonly file: string } | undefined {
  for (const file of files) {
    if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) continue;
    const value = parseConfig(readFileSync(file, 'utf8')).get('core.hookspath')?.at(-1);
    if (value !== undefined) return value === '' ? undefined : { value, file };
  }
  return undefined;
}

function listUserConfigs(environment: CliContext['environment']): string[] {
  if (environment['GIT_CONFIG_GLOBAL'] !== undefined) return [environment['GIT_CONFIG_GLOBAL']];
  const home = findHomeDirectory(environment);
  return [join(home, '.gitconfig'), join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'git', 'config')];
}

function describeShared(path: string, file: string): string {
  return `core.hooksPath in ${file} sends git to ${path}, which other repositories may share. Nothing was installed.
Add these lines to the hooks there yourself:
${linesToAdd}`;
}

function describeHusky(path: string): string {
  return `The hooks of this repository are husky's, which writes ${path} anew each time. Nothing was installed.
Add these lines to your own hooks in ${dirname(path)}:
${linesToAdd}`;
}

const linesToAdd = [
  '  pre-commit:  deployguard hooks run pre-commit "$@" || exit',
  '  pre-push:    deployguard hooks run pre-push "$@" || exit',
].join('\n');
