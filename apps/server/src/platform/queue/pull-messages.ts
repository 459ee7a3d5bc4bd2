import { createAlarm } from './alarm.ts';
import type { QueueName, Taker, TaskListener, TaskMessage } from './doorbell.ts';

/** A message that a broker handed out and still remembers. */
export interface Delivery {
  readonly message: TaskMessage;
  acknowledge(): Promise<void>;
}

/** What an adapter must be able to do; the loop around it is the same for all. */
export interface MessageSource {
  /** At most `count` messages, those of earlier queues first; an empty list when there are none. */
  fetch(queues: readonly QueueName[], count: number): Promise<readonly Delivery[]>;
  /** Calls back whenever there may be something new. */
  onWake(listener: () => void): () => void;
}

// Wakes can be lost with a connection, and messages of vanished takers come back without one.
const pollMilliseconds = 1000;

/**
 * Pulls as many messages as there are free hands, in the order of the queues. Nothing waits here for a hand while another worker is free,
 * as it would with a consumer per queue: each of those is handed a message ahead.
 */
export function pullMessages(source: MessageSource, queues: readonly QueueName[], onTask: TaskListener, concurrency: number): Taker {
  const stopping = new AbortController();
  let free = concurrency;
  const alarm = createAlarm();
  const stopListening = source.onWake(alarm.ring);
  const ended = pull();

  async function pull(): Promise<void> {
    while (!stopping.signal.aborted) {
      const deliveries = free > 0 ? await source.fetch(queues, free).catch(() => []) : [];
      for (const delivery of deliveries) handOut(delivery);
      // Not all workers at the same moment.
      if (deliveries.length === 0) await alarm.pause(pollMilliseconds * (0.75 + Math.random() / 2));
    }
  }

  function handOut(delivery: Delivery): void {
    free--;
    let isDone = false;
    onTask(delivery.message, async () => {
      if (isDone) return;
      isDone = true;
      free++;
      alarm.ring();
      // Not acknowledged, it comes again and the claim is refused.
      await delivery.acknowledge().catch(() => {});
    });
  }

  return {
    async stop() {
      stopping.abort();
      stopListening();
      alarm.ring();
      await ended;
    },
  };
}
