import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
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

/** Names of fields whose values never reach the log, wherever a caller puts them by mistake. */
const secretFields = ['authorization', 'cookie', 'password', 'token', 'secret', 'key', 'credentials', 'apiKey', 'accessKey', 'secretKey'];

/** One JSON object a line: nothing that somebody sends can break out of its line. */
export function createLogger({ level, service, destination }: LoggerOptions): Logger {
  return pino(
    {
      level: level.toLowerCase(),
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => serializeError(error) },
      redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    ...(destination === undefined ? [] : [destination]),
  );
}
