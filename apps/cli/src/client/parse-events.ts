import { ServerError } from './server-error.ts';

/** One event of a stream, as it was sent. */
export interface SentEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Any sign of life is told: a stream that says nothing at all is dead. A comment, which holds nothing, is `undefined`. */
export async function* parseEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<SentEvent | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop()!;
    if (rest.length > longestEvent) throw new ServerError('SERVER_UNKNOWN', 'The server sends an event that is too long.');
    for (const block of blocks) yield parseBlock(block);
  }
}

const longestEvent = 1024 * 1024;

/** The service writes server-sent events (WHATWG HTML §9.2) in one way only: `\n` at the end of lines and a space after the colon. */
function parseBlock(block: string): SentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^([a-z]+):\s?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set(name, value!);
  }
  const data = fields.get('data');
  return data === undefined ? undefined : { name: fields.get('event') ?? 'message', id: fields.get('id'), data };
}
