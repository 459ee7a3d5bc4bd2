import { runProcess } from '@deployguard/process';

/** A crash leaves no image of the memory of this process, nor of what it starts: it is full of secrets. Not where there is no `prlimit`. */
export async function forbidCoreDumps(): Promise<void> {
  const args = [`--pid=${process.pid}`, '--core=0'];
  await runProcess({ program: 'prlimit', args, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } }).catch(() => {});
}
