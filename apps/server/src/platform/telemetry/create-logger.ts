import { destination as openDestination, pino } from 'pino';
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

/** Of lines that cannot be written now: what is more is lost. */
const keptBytes = 1024 * 1024;

/** Standard output, which may be a file on a full disk: whoever logs goes on all the same, and what waited is written when there is room again. */
function openStandardOutput(): DestinationStream {
  const stream = openDestination({ dest: process.stdout.fd, sync: true, maxLength: keptBytes });
  stream.on('error', () => {});
  return stream;
}

/** One JSON object a line: nothing that somebody sends can break out of its line. */
export function createLogger({ level, service, destination = openStandardOutput() }: LoggerOptions): Logger {
  return pino(
    {
      level: level.toLowerCase(),
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redactFields(fields) },
      serializers: { err: (error: unknown) => serializeError(error) },
    },
    destination,
  );
}
