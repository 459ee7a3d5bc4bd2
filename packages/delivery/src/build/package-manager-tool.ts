import type { BuildPlan } from './build-plan.ts';

/** A package manager that does not come with its language, and can be had from the registry of that language. */
export interface PackageManagerTool {
  /** What is run. */
  readonly name: string;
  readonly registry: 'npm' | 'pip';
  /** What is installed, such as `pnpm@10.0.0`. */
  readonly package: string;
}

const registries: Readonly<Record<string, PackageManagerTool['registry']>> = {
  bun: 'npm',
  pnpm: 'npm',
  yarn: 'npm',
  pdm: 'pip',
  pipenv: 'pip',
  poetry: 'pip',
  uv: 'pip',
};

/** @param version of it that the application was made with, as npm takes it */
export function findPackageManagerTool(
  { packageManager: name = '', installCommand }: BuildPlan,
  version?: string,
): PackageManagerTool | undefined {
  const registry = Object.hasOwn(registries, name) ? registries[name] : undefined;
  if (registry === undefined || installCommand === undefined) return undefined;
  if (name === 'yarn') return { name, registry, package: chooseYarn(version, installCommand) };
  return { name, registry, package: version === undefined || registry !== 'npm' ? name : `${name}@${version}` };
}

/** It goes by another name since its second version, which does not take the lock files of the first one as they are. */
function chooseYarn(version: string | undefined, installCommand: string): string {
  if (version === undefined) return installCommand.includes('--immutable') ? '@yarnpkg/cli-dist' : 'yarn@1';
  return `${/^[\^~]?1(?:\.|$)/.test(version) ? 'yarn' : '@yarnpkg/cli-dist'}@${version}`;
}
