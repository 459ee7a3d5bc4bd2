import type { Application } from '@deployguard/contracts';

/** Goes on where somebody was told what changed of what an application is started with. */
export function describeRestart({ name, state }: Application): string {
  const isToRun = state === 'running' || state === 'crashing';
  return isToRun ? ` What runs keeps what it was started with, until \`deployguard apps restart ${name}\`.` : '';
}
