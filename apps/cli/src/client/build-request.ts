import { randomUUID } from 'node:crypto';
import type { BodyOf, Operation, ParamsOf, QueryOf } from '@deployguard/contracts';

type Given<Name extends string, Value> = [Value] extends [undefined] ? unknown : { readonly [Key in Name]: Value };

/** What an operation asks for: the parts that it declares. A query may always be left out. */
export type Input<O extends Operation> = Given<'params', ParamsOf<O>> &
  Given<'body', O['upload'] extends string ? AsyncIterable<Uint8Array> : BodyOf<O>> & { readonly query?: QueryOf<O> };

export interface BuiltRequest {
  /** Below the server's address. */
  readonly path: string;
  readonly init: RequestInit;
  /** Sending it twice does no more than sending it once. */
  readonly isRepeatable: boolean;
}

/** The request that an operation is made of. One that honours idempotency keys gets one, so that it can be sent again when its answer is lost. */
export function buildRequest<O extends Operation>(operation: O, input: Input<O>): BuiltRequest {
  const { params, query, body } = input as { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
  const path = operation.path.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => encodeURIComponent(params?.[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  return {
    path: search.size === 0 ? path : `${path}?${search.toString()}`,
    init: {
      method: operation.method,
      headers: {
        ...(operation.idempotent && { 'idempotency-key': randomUUID() }),
        ...(body !== undefined && { 'content-type': operation.upload ?? 'application/json' }),
      },
      ...(body !== undefined && (operation.upload === undefined ? { body: JSON.stringify(body) } : streamOf(body))),
    },
    isRepeatable:
      operation.upload === undefined && (operation.idempotent === true || operation.method !== 'POST') && operation.method !== 'PATCH',
  };
}

/** `duplex` says that the answer is awaited after the whole body (WHATWG Fetch); the platform's types lack it. */
function streamOf(body: unknown): RequestInit {
  return { body, duplex: 'half' } as RequestInit;
}
