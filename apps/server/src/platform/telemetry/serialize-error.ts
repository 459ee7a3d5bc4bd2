import { redactText } from './redact-text.ts';

interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

const maxCauses = 3;

/**
 * What the log holds of an error: type, code, message and the places in our code. Fields that other programs attach stay out (PostgreSQL's
 * `detail` quotes rows, HTTP clients attach headers), and so do messages of parsers, which quote what they could not read.
 */
export function serializeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something other than an error was thrown.' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: error instanceof SyntaxError ? 'Text could not be parsed.' : redactText(error.message),
    ...(error.stack === undefined || depth > 0 ? {} : { stack: listPlaces(error.stack) }),
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: serializeError(error.cause, depth + 1) }),
  };
}

/** The lines of a stack that name places; the message above them may have several lines of its own. */
function listPlaces(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
