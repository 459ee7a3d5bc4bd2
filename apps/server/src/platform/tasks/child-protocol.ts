import type { ErrorRecord, TaskContext } from './task.ts';

/** What a handler in a process of its own gets. It has no database: what it found goes back to the one who started it. */
export interface ChildContext extends Pick<TaskContext, 'taskId' | 'tenantId' | 'subject' | 'attempt' | 'signal' | 'progress' | 'log'> {
  /** For the log of whoever runs the service: what the task's owner is not told. */
  note(text: string): Promise<void>;
}

/** The `handle` that a child's module exports. Its result must be JSON, and small: large things are files. */
export type ChildHandler = (input: never, context: ChildContext) => Promise<unknown>;

/** Lines on the child's standard input. Its end means that the parent is gone. */
export type ChildOrder =
  | { readonly do: 'start'; readonly input: unknown; readonly task: Omit<ChildContext, 'signal' | 'progress' | 'log' | 'note'> }
  | { readonly do: 'abort'; readonly reason: ErrorRecord };

/** For the log: of what kind the error was, and where. Not its message, which may quote what was read. */
export interface ThrownInChild {
  readonly name: string;
  readonly code: string;
  readonly frames: string;
}

/** Lines on the child's standard output. */
export type ChildNews =
  /** It has its order. */
  | { readonly news: 'begun' }
  | { readonly news: 'progress'; readonly percent: number; readonly step: string }
  | { readonly news: 'log'; readonly line: string }
  | { readonly news: 'note'; readonly text: string }
  | { readonly news: 'result'; readonly result: unknown }
  | { readonly news: 'error'; readonly error: ErrorRecord; readonly thrown: ThrownInChild };
