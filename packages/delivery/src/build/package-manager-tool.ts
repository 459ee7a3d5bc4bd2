import { parseJsonWithComments } from '../analyze/parse-json-with-comments.ts';
import { isRecord } from '../analyze/project.ts';
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

/** @param manifest content of the `package.json` that may ask for a version of it (https://nodejs.org/api/packages.html#packagemanager) */
export function findPackageManagerTool(
  { packageManager: name = '', installCommand }: BuildPlan,
  manifest?: string,
): PackageManagerTool | undefined {
  const registry = Object.hasOwn(registries, name) ? registries[name] : undefined;
  if (registry === undefined || installCommand === undefined) return undefined;
  const version = registry === 'npm' && manifest !== undefined ? findVersion(name, manifest) : undefined;
  if (name === 'yarn') return { name, registry, package: chooseYarn(version, installCommand) };
  return { name, registry, package: version === undefined ? name : `${name}@${version}` };
}

/** It goes by another name since its second version, which does not take the lock files of the first one as they are. */
function chooseYarn(version: string | undefined, installCommand: string): string {
  if (version === undefined) return installCommand.includes('--immutable') ? '@yarnpkg/cli-dist' : 'yarn@1';
  return `${version.startsWith('1.') ? 'yarn' : '@yarnpkg/cli-dist'}@${version}`;
}

function findVersion(name: string, manifest: string): string | undefined {
  try {
    const content = parseJsonWithComments(manifest);
    const field = isRecord(content) ? content['packageManager'] : undefined;
    const [, asked, version] = (typeof field === 'string' && /^([a-z]+)@(\d+\.\d+\.\d+(?:-[\w.]+)?)(?:\+.*)?$/.exec(field)) || [];
    return asked === name ? version : undefined;
  } catch {
    return undefined;
  }
}
