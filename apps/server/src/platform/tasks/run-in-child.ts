import { extname, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listCodeCacheVariables, ProcessError, startProcess } from '@deployguard/process';
import type { ProcessLimits, RunningProcess } from '@deployguard/process';
import type { ChildNews, ChildOrder } from './child-protocol.ts';
import { traceStep } from '../telemetry/index.ts';
import type { TaskContext } from './task.ts';
import { outOfMemory, TaskError, toErrorRecord } from './task-error.ts';

export interface ChildOptions {
  /** All that the child sees of the environment. Default: a `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly limits?: ProcessLimits;
  /** Of its loading, from its order on. Default: two minutes, which only a machine that can do nothing else takes. */
  readonly startSeconds?: number;
  /** Hears what the child tells whoever runs the service. */
  readonly onNote?: (text: string) => void;
}

/** A process that loads its module while it is not known yet what it has to do. It ends with its one order, or unused. */
export interface StandbyChild extends AsyncDisposable {
  /** See `runInChild`. */
  run(input: unknown, context: TaskContext): Promise<unknown>;
}

const program = fileURLToPath(new URL(`./child-main${extname(import.meta.filename)}`, import.meta.url));
const defaultEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin' };
// A child reads what strangers wrote: it may be made to say anything.
const longestLine = 32 * 1024 * 1024;
const longestNote = 1000;
const abortGraceMilliseconds = 3000;

/**
 * Runs the `handle` of a module (see `ChildHandler`) in a process of its own and returns its result. For work that keeps a processor busy
 * or may run out of memory: the worker's own threads stay free, and kernel limits can be set.
 *
 * The child is asked to stop when the attempt is aborted, and killed with everything it started three seconds later; at once when the lease
 * is lost, and when this process dies. Throws LIMIT_EXCEEDED when it ran into one of its limits, CHILD_FAILED when it ends without a result for
 * another reason; the child's own errors keep their code.
 */
export async function runInChild(handlerModule: URL, input: unknown, context: TaskContext, options: ChildOptions = {}): Promise<unknown> {
  context.signal.throwIfAborted();
  await using child = standBy(handlerModule, options);
  return await child.run(input, context);
}

/** Starts the process of `runInChild` before there is an order for it. */
export function standBy(handlerModule: URL, options: ChildOptions = {}): StandbyChild {
  const { env = defaultEnvironment, cwd, limits, startSeconds = 120, onNote = () => {} } = options;
  const child = startProcess({
    program: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', program, handlerModule.href],
    env: { ...env, ...listCodeCacheVariables() },
    stdin: 'pipe',
    ...(cwd === undefined ? {} : { cwd }),
    ...(limits === undefined ? {} : { limits }),
  });
  return {
    run: (input, context) =>
      traceStep(`process ${parse(handlerModule.pathname).name}`, (describe) => {
        if (child.pid !== undefined) describe({ 'process.pid': child.pid });
        return giveOrder(child, input, context, { startSeconds, onNote });
      }),
    [Symbol.asyncDispose]: () => child.kill(),
  };
}

type ChildWatch = Required<Pick<ChildOptions, 'startSeconds' | 'onNote'>>;

async function giveOrder(
  child: RunningProcess,
  input: unknown,
  context: TaskContext,
  { startSeconds, onNote }: ChildWatch,
): Promise<unknown> {
  context.signal.throwIfAborted();
  const order = (message: ChildOrder): void => void child.stdin!.write(`${JSON.stringify(message)}\n`);
  const stopAborting = passAbortOn(context.signal, child, order);
  const { taskId, tenantId, subject, attempt } = context;
  order({ do: 'start', input, task: { taskId, tenantId, subject, attempt } });
  let isLate = false;
  const start = setTimeout(() => {
    isLate = true;
    void child.kill();
  }, startSeconds * 1000);
  try {
    const outcome = await readNews(child, context, { onBegun: () => clearTimeout(start), onNote });
    context.signal.throwIfAborted();
    if (isLate)
      throw new TaskError(
        'CHILD_FAILED',
        `The process of the task did not begin within ${startSeconds} s: this machine has too much to do.`,
      );
    if (outcome === undefined) throw await describeEnd(child);
    if (outcome.news === 'error') throw toError(outcome);
    return outcome.result;
  } finally {
    clearTimeout(start);
    stopAborting();
    await child.kill();
  }
}

/** The child's last word; undefined when it ended without one. */
async function readNews(
  child: RunningProcess,
  context: TaskContext,
  { onBegun, onNote }: { readonly onBegun: () => void; readonly onNote: (text: string) => void },
): Promise<Extract<ChildNews, { news: 'result' | 'error' }> | undefined> {
  let rest = '';
  child.stdout.setEncoding('utf8');
  try {
    for await (const text of child.stdout as AsyncIterable<string>) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (rest.length > longestLine) throw new TaskError('CHILD_FAILED', 'The process of the task said more than it may.');
      for (const line of lines) {
        const news = JSON.parse(line) as ChildNews;
        if (news.news === 'result' || news.news === 'error') return news;
        if (news.news === 'begun') onBegun();
        else if (news.news === 'note') onNote(String(news.text).slice(0, longestNote));
        else if (news.news === 'progress') await context.progress(Number(news.percent), String(news.step));
        else await context.log(String(news.line));
      }
    }
  } catch (error) {
    // Killed because of an abort, its output breaks off; what it said last need not be a line.
    if (error instanceof TaskError) throw error;
    context.signal.throwIfAborted();
    // It was gone before anybody listened.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return undefined;
    throw new TaskError('CHILD_FAILED', 'The process of the task said something that makes no sense.', { cause: error });
  }
  return undefined;
}

function passAbortOn(signal: AbortSignal, child: RunningProcess, order: (message: ChildOrder) => void): () => void {
  let grace: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    const reason: unknown = signal.reason;
    if (reason instanceof TaskError && reason.code === 'LEASE_LOST') return void child.kill();
    order({ do: 'abort', reason: toErrorRecord(reason) });
    grace = setTimeout(() => void child.kill(), abortGraceMilliseconds);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(grace);
  };
}

async function describeEnd(child: RunningProcess): Promise<TaskError> {
  try {
    const { exitCode } = await child.done;
    return new TaskError('CHILD_FAILED', `The process of the task ended without a result (exit code ${exitCode}).`);
  } catch (cause) {
    const limit = findLimit(cause);
    if (limit !== undefined) return new TaskError('LIMIT_EXCEEDED', `The process of the task was stopped: ${limit}.`, { cause });
    return new TaskError('CHILD_FAILED', 'The process of the task was stopped before it was done: out of memory, or another limit.', {
      cause,
    });
  }
}

/** Which of its limits ended it, where that can be told. */
function findLimit(error: unknown): string | undefined {
  if (!(error instanceof ProcessError)) return undefined;
  if (error.code === 'LIMIT_REACHED') return 'it wrote a larger file, or used more processor time, than it may';
  return /out of memory/i.test(error.stderr) ? outOfMemory : undefined;
}

function toError({ error, thrown: { name, code, frames } }: Extract<ChildNews, { news: 'error' }>): Error {
  // What it was called there, for the log.
  const cause = Object.assign(new Error('It was thrown in the process of the task.'), { name, ...(code !== '' && { code }) });
  const thrown = Object.assign(new Error(error.message, { cause }), { name: 'ChildError', code: error.code });
  thrown.stack = `ChildError [${error.code}]\n${frames}`;
  return thrown;
}
