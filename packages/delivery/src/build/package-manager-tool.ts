import type { BuildPlan } from './build-plan.ts';

/** A package manager that does not come with its language, and can be had from the registry of that language. */
export interface PackageManagerTool {
  /** What is installed, and what is then run. */
  readonly name: string;
  readonly registry: 'npm' | 'pip';
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

export function findPackageManagerTool({ packageManager = '' }: BuildPlan): PackageManagerTool | undefined {
  const registry = Object.hasOwn(registries, packageManager) ? registries[packageManager] : undefined;
  return registry === undefined ? undefined : { name: packageManager, registry };
}
