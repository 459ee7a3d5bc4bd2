import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runInChild, TaskError } from '../src/platform/tasks/index.ts';
import type { ChildContext, TaskContext } from '../src/platform/tasks/index.ts';

export interface Order {
  readonly do: 'report' | 'fail' | 'fail-unexpectedly' | 'vanish' | 'wait' | 'block' | 'fill-file' | 'fill-heap' | 'fill-buffers';
}

/** What the tests of child processes let one do. */
export async function handle(order: Order, context: ChildContext): Promise<unknown> {
  switch (order.do) {
    case 'report':
      console.log('this is no message');
      await context.progress(50, 'half');
      await context.log('a line');
      return { attempt: context.attempt, environment: Object.keys(process.env).filter((name) => name !== 'NODE_V8_COVERAGE') };
    case 'fail':
      throw new TaskError('TIME_LIMIT', 'It took too long.');
    case 'fail-unexpectedly':
      return JSON.parse(['what', 'was', 'read'].join('-'));
    case 'vanish':
      return process.exit(3);
    case 'wait':
      await context.log('waiting');
      await delay(60_000, undefined, { signal: context.signal }).catch(() => {});
      return 'stopped in order';
    case 'fill-file': {
      await context.log('filling');
      using directory = mkdtempDisposableSync(join(tmpdir(), 'deployguard-fill-'));
      for (;;) appendFileSync(join(directory.path, 'file'), Buffer.alloc(100_000));
    }
    case 'fill-heap': {
      await context.log('filling');
      const kept: number[][] = [];
      for (;;) kept.push(Array.from<number>({ length: 2_000_000 }).fill(0.5));
    }
    case 'fill-buffers': {
      await context.log('filling');
      const kept: Buffer[] = [];
      for (;;) kept.push(Buffer.alloc(10_000_000, 1));
    }
    case 'block': {
      // A child of the child, and a processor that does nothing else any more.
      const grandchild = spawn('sleep', ['60'], { stdio: 'ignore' });
      await context.log(`${process.pid} ${grandchild.pid}`);
      for (;;);
    }
  }
}

// Run as a program it is a worker: it has the blocking work done in a child, prints what that logs, and waits to be killed.
if (process.argv[1] === import.meta.filename) {
  const context = {
    taskId: 'task',
    tenantId: 'tenant',
    subject: 'subject',
    attempt: 1,
    signal: new AbortController().signal,
    log: async (line: string) => console.log(line),
  } as unknown as TaskContext;
  await runInChild(new URL(import.meta.url), { do: 'block' }, context);
}
