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
  // Yarn goes by another name since its second version.
  const known = name === 'yarn' && version !== undefined && !version.startsWith('1.') ? '@yarnpkg/cli-dist' : name;
  return { name, registry, package: version === undefined ? name : `${known}@${version}` };
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
