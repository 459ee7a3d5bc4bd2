export { createLogger } from './create-logger.ts';
export type { Logger, LoggerOptions } from './create-logger.ts';
export { createMetrics } from './metrics.ts';
export type { Metrics } from './metrics.ts';
export { measureQueueSizes, measureWorker } from './task-metrics.ts';
