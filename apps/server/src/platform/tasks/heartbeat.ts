import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ClaimedTask } from './task.ts';

export interface HeartbeatSettings {
  readonly databaseUrl: string;
  readonly everyMilliseconds: number;
  readonly leaseMilliseconds: number;
}

export interface HeldLease {
  readonly taskId: string;
  readonly attempt: number;
  /** Epoch milliseconds; not renewed after. */
  readonly holdUntil: number;
}

export type HeartbeatOrder =
  | (HeldLease & { readonly do: 'hold' })
  | { readonly do: 'release'; readonly taskId: string }
  | { readonly do: 'stop' };

export interface HeartbeatNews {
  readonly taskId: string;
  readonly attempt: number;
  readonly news: 'lost' | 'cancelled';
}

export type LeaseListener = (news: HeartbeatNews['news']) => void;

export interface Heartbeat {
  /** Renews the task's lease until the returned function is called, and tells what becomes of it. */
  hold(task: ClaimedTask, holdSeconds: number, listener: LeaseListener): () => void;
  /** Tells the one who holds the task that somebody wants it cancelled, if it is held here. */
  cancel(taskId: string): void;
  stop(): Promise<void>;
}

/** Starts the thread that renews leases. Throws nothing later: a thread that fails has lost all leases. */
export function startHeartbeat(settings: HeartbeatSettings): Heartbeat {
  const thread = new Worker(new URL(`./heartbeat-thread${extname(import.meta.filename)}`, import.meta.url), { workerData: settings });
  const listeners = new Map<string, { attempt: number; listener: LeaseListener }>();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const order = (message: HeartbeatOrder): void => thread.postMessage(message);

  thread.on('message', ({ taskId, attempt, news }: HeartbeatNews) => {
    const held = listeners.get(taskId);
    if (held?.attempt === attempt) held.listener(news);
  });
  const loseAll = (): void => listeners.forEach(({ listener }) => listener('lost'));
  thread.on('error', loseAll);
  const exited = once(thread, 'exit').catch(() => {});

  return {
    hold(task, holdSeconds, listener) {
      listeners.set(task.id, { attempt: task.attempt, listener });
      order({ do: 'hold', taskId: task.id, attempt: task.attempt, holdUntil: Date.now() + holdSeconds * 1000 });
      return () => {
        if (listeners.get(task.id)?.attempt !== task.attempt) return;
        listeners.delete(task.id);
        order({ do: 'release', taskId: task.id });
      };
    },
    cancel: (taskId) => listeners.get(taskId)?.listener('cancelled'),
    async stop() {
      order({ do: 'stop' });
      await exited;
    },
  };
}
