/** The queues, in the order in which workers empty them. A queue of its own stands for each priority: quorum queues have none inside. */
export const queueNames = ['deployguard', 'deploy', 'scan', 'clean', 'import', 'push'] as const;
export type QueueName = (typeof queueNames)[number];

/** Says that there is a task. No payload: what the task is about stands in the database alone. */
export interface TaskMessage {
  readonly taskId: string;
  readonly kind: string;
  readonly queue: QueueName;
}

/**
 * Tells workers that there is work. PostgreSQL is the truth, so a doorbell may ring twice for the same task, and a lost ring is repeated.
 *
 * A message goes to one taker. It comes again when the taker vanished, or when the broker thinks so; it does not when it was `done`.
 */
export interface Doorbell {
  /** Which of the three it is. */
  readonly name: 'embedded' | 'rabbitmq' | 'redis';
  /** Returns when the broker has the message safe; throws `DoorbellDown` at once when it is not there, at the latest after 5 seconds. */
  ring(message: TaskMessage): Promise<void>;
  /**
   * Calls `onTask` for messages, at most `concurrency` of them not `done` yet, those of earlier queues of the list first. Goes on by
   * itself after the broker was away. `done` never throws, and counts once.
   */
  take(queues: readonly QueueName[], onTask: TaskListener, options: { readonly concurrency: number }): Promise<Taker>;
  isUp(): Promise<boolean>;
  /** Messages that wait, by queue. Throws `DoorbellDown`. */
  depth(): Promise<Record<QueueName, number>>;
  close(): Promise<void>;
}

export type TaskListener = (message: TaskMessage, done: () => Promise<void>) => void;

export interface Taker {
  /** No further message after this; those not done yet can still be. */
  stop(): Promise<void>;
}

/** The broker cannot be asked now. */
export class DoorbellDown extends Error {
  override readonly name = 'DoorbellDown';
  readonly code = 'DOORBELL_DOWN';

  constructor(broker: string, problem: string, options: { cause?: unknown } = {}) {
    super(`${broker} cannot take tasks: ${problem}. Try again later, or check the broker's settings (BROKER_URL).`, options);
  }
}

/** The message in a broker's bytes; undefined when they are none of ours. */
export function parseTaskMessage(text: string): TaskMessage | undefined {
  try {
    const { taskId, kind, queue } = JSON.parse(text) as Partial<Record<keyof TaskMessage, unknown>>;
    if (typeof taskId !== 'string' || !uuid.test(taskId) || typeof kind !== 'string') return undefined;
    return queueNames.includes(queue as QueueName) ? { taskId, kind, queue: queue as QueueName } : undefined;
  } catch {
    return undefined;
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function toDepths(entries: readonly (readonly [QueueName, number])[]): Record<QueueName, number> {
  const depths = { deployguard: 0, deploy: 0, scan: 0, clean: 0, import: 0, push: 0 };
  for (const [queue, depth] of entries) depths[queue] = depth;
  return depths;
}
