import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { redactFields } from './redact-fields.ts';
import { serializeError } from './serialize-error.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** `debug`, `info`, `warn`, `error`, …; any case. */
  readonly level: string;
  /** Which part of the service logs: `api`, `worker`, `scheduler`, `serve`. */
  readonly service: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line: nothing that somebody sends can break out of its line. */
export function createLogger({ level, service, destination }: LoggerOptions): Logger {
  return pino(
    {
      level: level.toLowerCase(),
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redactFields(fields) },
      serializers: { err: (error: unknown) => serializeError(error) },
    },
    ...(destination === undefined ? [] : [destination]),
  );
}
