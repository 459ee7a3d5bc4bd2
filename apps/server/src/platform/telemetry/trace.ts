import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Terminology
 * - span: a piece of work with its beginning, its end, and the span that it is a part of.
 * - trace: the spans that go back to one request, in whatever process they are.
 * - traceparent: the name of a span for other processes (https://www.w3.org/TR/trace-context/).
 */
export interface SpanStart {
  /** Of few values, such as `GET /api/v2/jobs/{id}`. */
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'internal';
  /** The traceparent of what this is a part of; default: a trace of its own. */
  readonly parent?: string | undefined;
  /** No secrets, and nothing that users choose. */
  readonly attributes?: SpanAttributes;
}

export type SpanAttributes = Readonly<Record<string, string | number>>;

export interface Span {
  readonly traceparent: string;
  /** Once. */
  end(outcome: { readonly isError: boolean; readonly attributes?: SpanAttributes }): void;
}

/** Where spans go. */
export interface Tracing {
  startSpan(start: SpanStart): Span;
  /** Sends what is left. Never throws. */
  close(): Promise<void>;
}

interface Place {
  readonly tracing: Tracing;
  readonly traceparent: string;
}

// What is under way here is known by the chain of calls alone, so that nothing has to hand it on.
const places = new AsyncLocalStorage<Place>();

/** The span that is under way here; undefined when nothing is traced. */
export function currentTraceparent(): string | undefined {
  return places.getStore()?.traceparent;
}

/** Does something as a part of a span. */
export function insideSpan<T>(tracing: Tracing, { traceparent }: Span, work: () => T): T {
  return places.run({ tracing, traceparent }, work);
}

/** Does work as a span of its own, a part of the one that is under way; simply does it when nothing is traced. */
export async function traceStep<T>(name: string, work: (describe: (attributes: SpanAttributes) => void) => Promise<T>): Promise<T> {
  const place = places.getStore();
  if (place === undefined) return work(() => {});
  let attributes: SpanAttributes = {};
  const span = place.tracing.startSpan({ name, kind: 'internal', parent: place.traceparent });
  let isError = true;
  try {
    const result = await insideSpan(place.tracing, span, () => work((more) => (attributes = { ...attributes, ...more })));
    isError = false;
    return result;
  } finally {
    span.end({ isError, attributes });
  }
}
