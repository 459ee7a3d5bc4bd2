import { findSandbox } from '@deployguard/process';
import type { ApplicationSandbox } from '../src/targets/process/process-target.ts';
import { testSearchPath } from './a-build.ts';

/** Of this machine: bubblewrap, which `scripts/services install` installs. */
export async function aSandbox(): Promise<ApplicationSandbox> {
  const answer = await findSandbox({ searchPath: testSearchPath, shared: [], hidden: [] });
  if (answer.ground === undefined) throw new Error(answer.problem);
  return { ...answer.ground, readable: [] };
}
