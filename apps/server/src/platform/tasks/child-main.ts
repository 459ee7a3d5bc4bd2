// The program of a task in a process of its own: node child-main.ts MODULE
import { flushCompileCache } from 'node:module';
import { getPriority, setPriority } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { keepPriority } from '@deployguard/process';
import type { ChildHandler, ChildNews, ChildOrder, ThrownInChild } from './child-protocol.ts';
import { explainLimit, TaskError, toErrorRecord } from './task-error.ts';

// It was meant for this process alone.
delete process.env['NODE_COMPILE_CACHE'];
const handlerModule = process.argv[2]!;
const write = process.stdout.write.bind(process.stdout);
// The way to the parent is ours alone: what libraries print goes elsewhere.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

// Requests are answered by the same machine, perhaps: they come first. What is started from here is as patient. A service that is more patient
// itself stays so: only root may take that back.
setPriority(Math.max(5, getPriority()));
keepPriority(process.pid);

// While it is not known yet what there is to do. What fails is told to whoever gives the order.
const loading = import(handlerModule) as Promise<{ readonly handle: ChildHandler }>;
loading.catch(() => {});

const aborting = new AbortController();
const watch = new Worker(new URL(`./child-watch-thread${extname(import.meta.filename)}`, import.meta.url));
watch.on('message', (order: ChildOrder) => {
  if (order.do === 'start') void run(order);
  else aborting.abort(new TaskError('TASK_CANCELLED', order.reason.message));
});

async function run({ input, task }: ChildOrder & { do: 'start' }): Promise<void> {
  await tell({ news: 'begun' });
  const news = await handle(input, task).then(
    (result): ChildNews => ({ news: 'result', result }),
    (error: unknown): ChildNews => ({ news: 'error', error: toErrorRecord(explainLimit(error)), thrown: describeThrown(error) }),
  );
  await tell(news);
  process.exit(0);
}

async function handle(input: unknown, task: (ChildOrder & { do: 'start' })['task']): Promise<unknown> {
  const { handle: handler } = await loading;
  // Whoever has its result does not wait for its end.
  flushCompileCache();
  return handler(input as never, {
    ...task,
    signal: aborting.signal,
    progress: (percent, step) => tell({ news: 'progress', percent, step }),
    log: (line) => tell({ news: 'log', line }),
    note: (text) => tell({ news: 'note', text }),
  });
}

function tell(news: ChildNews): Promise<void> {
  return new Promise((resolve) => write(`${JSON.stringify(news)}\n`, () => resolve()));
}

function describeThrown(error: unknown): ThrownInChild {
  if (!(error instanceof Error)) return { name: typeof error, code: '', frames: '' };
  const { code } = error as { code?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, code: typeof code === 'string' ? code : '', frames: frames.join('\n') };
}
