/** Why a deployment came to nothing, as its row and its events keep it. */
export interface LastError {
  readonly code: string;
  readonly message: string;
  readonly fault?: string;
  /** What the build or the application said last. */
  readonly logs?: readonly string[];
}

const keptLines = 50;
const lineCharacters = 1000;
const messageCharacters = 2000;

/** Bounded, and in characters that the database takes: what applications print may hold any. */
export function boundError({ code, message, fault, logs = [] }: LastError): LastError {
  return {
    code,
    message: toText(message, messageCharacters),
    ...(fault !== undefined && { fault }),
    ...(logs.length > 0 && { logs: logs.slice(-keptLines).map((line) => toText(line, lineCharacters)) }),
  };
}

function toText(text: string, characters: number): string {
  return text.slice(0, characters).toWellFormed().replaceAll('\0', '\u{fffd}');
}
