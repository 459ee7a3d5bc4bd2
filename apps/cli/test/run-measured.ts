import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { type CliOptions, type CliRun, runCli } from './run-cli.ts';

export interface MeasuredRun extends CliRun {
  readonly seconds: number;
  /** The most that the program itself held in memory; its gits have bounds of their own. */
  readonly peakBytes: number;
}

/** Runs the real program and tells what it cost. */
export async function runMeasured(args: readonly string[], options: CliOptions = {}): Promise<MeasuredRun> {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'peak');
  const report = `import { writeFileSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;
  const environment = { ...options.environment, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` };
  const startedAt = performance.now();

  const run = await runCli(args, { ...options, environment });

  return { ...run, seconds: (performance.now() - startedAt) / 1000, peakBytes: Number(readFileSync(file, 'utf8')) * 1024 };
}
