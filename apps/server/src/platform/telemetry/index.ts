export { createLogger } from './create-logger.ts';
export type { Logger, LoggerOptions } from './create-logger.ts';
export { createMetrics } from './metrics.ts';
export type { DeliveryOutcome, Metrics } from './metrics.ts';
export { measureAnnouncements, measureBuild, measureConnections } from './service-metrics.ts';
export { measureStorage } from './storage-metrics.ts';
export { measureQueueSizes, measureWorker } from './task-metrics.ts';
export { currentTraceparent, insideSpan, traceStep } from './trace.ts';
export type { Span, Tracing } from './trace.ts';
