// A worker's process for the tests: runs the blocking handler in a child, prints what it logs, and waits to be killed.
import { runInChild } from '../src/platform/tasks/index.ts';
import type { TaskContext } from '../src/platform/tasks/index.ts';

const context = {
  taskId: 'task',
  tenantId: 'tenant',
  subject: 'subject',
  attempt: 1,
  signal: new AbortController().signal,
  progress: async () => {},
  log: async (line: string) => console.log(line),
} as unknown as TaskContext;

await runInChild(new URL('./child-handler.ts', import.meta.url), { do: 'block' }, context);
