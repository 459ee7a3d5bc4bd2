import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { StorageError } from '../storage/index.ts';
import type { Storage } from '../storage/index.ts';

/** The same storage, counting what is done with it and how it ends. What was not there is no error of the storage. */
export function measureStorage(registry: Registry, storage: Storage): Storage {
  const operations = new Counter({
    name: 'deployguard_storage_operations_total',
    help: 'Operations on stored files, by outcome.',
    labelNames: ['operation', 'outcome'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'deployguard_storage_operation_duration_seconds',
    help: 'Time that operations on stored files took; of reading, until the content begins.',
    labelNames: ['operation'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600],
    registers: [registry],
  });

  async function count<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const end = durations.startTimer({ operation });
    try {
      const result = await work();
      operations.inc({ operation, outcome: 'done' });
      return result;
    } catch (error) {
      operations.inc({ operation, outcome: outcomeOf(error) });
      throw error;
    } finally {
      end();
    }
  }

  return {
    ...storage,
    put: (key, body, options) => count('put', () => storage.put(key, body, options)),
    get: (key, part) => count('get', () => storage.get(key, part)),
    has: (key) => count('has', () => storage.has(key)),
    remove: (prefixOrKey) => count('remove', () => storage.remove(prefixOrKey)),
  };
}

/** What the caller's own stream threw is `interrupted`. */
function outcomeOf(error: unknown): 'refused' | 'failed' | 'interrupted' {
  if (!(error instanceof StorageError)) return 'interrupted';
  return error.code === 'OBJECT_NOT_FOUND' || error.code === 'OBJECT_EXISTS' ? 'refused' : 'failed';
}
