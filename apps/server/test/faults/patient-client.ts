import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks until it is answered, as a client does that must not lose anything: with the same idempotency key each time. */
export interface PatientClient {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, idempotencyKey?: string): Promise<Answer>;
  remove(path: string): Promise<Answer>;
  /** Server-sent events after a sequence, until the connection ends. */
  follow(path: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<FollowedEvent>;
}

export interface FollowedEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly data: Record<string, unknown>;
}

export interface PatientClientOptions {
  /** Of those that run now. */
  readonly urls: () => readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Told of each try that was no answer: a status, or what went wrong with the connection. */
  readonly onTrouble: (what: string) => void;
  /** Told of answers that no outage explains: whatever is away, that is 503 and when to come back. */
  readonly onFault: (what: string) => void;
}

const pauseMilliseconds = 300;
const patienceMilliseconds = 20_000;

export function createPatientClient({ urls, headers, onTrouble, onFault }: PatientClientOptions): PatientClient {
  let turn = 0;

  async function ask(method: string, path: string, body: unknown, extra: Record<string, string>): Promise<Answer> {
    for (;;) {
      const answer = await tryOnce(method, path, body, extra);
      if (answer !== undefined) return answer;
      await delay(pauseMilliseconds);
    }
  }

  async function tryOnce(method: string, path: string, body: unknown, extra: Record<string, string>): Promise<Answer | undefined> {
    const url = nextUrl();
    if (url === undefined) return undefined;
    try {
      const response = await fetch(url + path, {
        method,
        headers: { ...headers, ...extra, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMilliseconds),
      });
      const answer = { status: response.status, body: (await response.json()) as Record<string, unknown> };
      const isBusy = answer.body['code'] === 'IDEMPOTENCY_RUNNING';
      if (response.status < 500 && response.status !== 429 && !isBusy) return answer;
      const isExplained = response.status < 500 || (response.status === 503 && response.headers.has('retry-after'));
      if (!isExplained) onFault(`${method} ${path} was answered ${response.status}: ${JSON.stringify(answer.body)}`);
      onTrouble(isBusy ? 'first request still running' : `status ${response.status}`);
    } catch (error) {
      onTrouble(`no answer (${(error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name})`);
    }
    return undefined;
  }

  function nextUrl(): string | undefined {
    const known = urls();
    return known[turn++ % Math.max(1, known.length)];
  }

  return {
    get: (path) => ask('GET', path, undefined, {}),
    post: (path, body, key) => ask('POST', path, body, key === undefined ? {} : { 'idempotency-key': key }),
    remove: (path) => ask('DELETE', path, undefined, {}),
    async *follow(path, afterSequence, signal) {
      const url = nextUrl();
      if (url === undefined) return;
      try {
        const extra = { accept: 'text/event-stream', 'last-event-id': String(afterSequence) };
        const response = await fetch(url + path, { headers: { ...headers, ...extra }, signal });
        if (response.status === 200) yield* parseEvents(response.body!);
      } catch {
        // Whoever follows comes back.
      }
    },
  };
}

async function* parseEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<FollowedEvent> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      if (fields['id'] === undefined) continue;
      const data = JSON.parse(fields['data'] ?? '{}') as Record<string, unknown>;
      yield { sequence: Number(fields['id']), kind: fields['event']!, data };
    }
  }
}
