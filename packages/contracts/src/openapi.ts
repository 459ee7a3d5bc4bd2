import type { TObject, TSchema } from 'typebox';
import type { Operation } from './operation.ts';
import { Problem } from './problem.ts';
import { listErrorStatuses } from './error-statuses.ts';

/** A JSON value with named parts; this document is written for programs of others and has no type of ours. */
export type JsonObject = Record<string, unknown>;

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** The OpenAPI 3.1 document of the operations: the same operations give the same text, whatever their order. */
export function buildOpenApi(operations: readonly Operation[], info: OpenApiInfo): JsonObject {
  const components = new Map<string, JsonObject>();
  const paths: Record<string, JsonObject> = {};
  for (const operation of operations.toSorted(byPath)) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describeOperation(operation, components);
  }
  hoist(Problem, components);
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of this service; also accepted as a bearer token.' },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        gateway: {
          type: 'apiKey',
          in: 'header',
          name: 'X-User-ID',
          description: 'Set by a trusted gateway only, together with its proof.',
        },
      },
    },
  };
}

function describeOperation(operation: Operation, components: Map<string, JsonObject>): JsonObject {
  const parameters = [
    ...describeParameters('path', operation.params, components),
    ...describeParameters('query', operation.query, components),
    ...(operation.idempotent ? [idempotencyKey] : []),
    ...(operation.streams ? [lastEventId] : []),
  ];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.access === 'public'
      ? { security: [] }
      : { security: ['apiKey', 'bearer', 'gateway'].map((scheme) => ({ [scheme]: [operation.access] })) }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [operation.upload ?? 'application/json']: { schema: hoist(operation.body, components) } },
          },
        }),
    responses: Object.fromEntries([
      ...Object.entries(operation.answers).map(([status, schema]) => [status, describeAnswer(operation, schema, components)]),
      ...listErrorStatuses(operation).map((status) => [String(status), problemAnswer(status)]),
    ]),
  };
}

function describeParameters(place: 'path' | 'query', schema: TObject | undefined, components: Map<string, JsonObject>): JsonObject[] {
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: (schema?.required as readonly string[] | undefined)?.includes(name) ?? false,
    schema: hoist(property, components),
  }));
}

function describeAnswer(operation: Operation, schema: TSchema, components: Map<string, JsonObject>): JsonObject {
  const plain = schema as JsonObject;
  const description = typeof plain['description'] === 'string' ? plain['description'] : operation.summary;
  if (plain['type'] === 'null') return { description };
  const types = operation.streams ? ['text/event-stream'] : (operation.files ?? ['application/json']);
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema: describeContent(operation, type) }])) };

  /** Of files the schema says that they are text; some are JSON nevertheless. */
  function describeContent({ files }: Operation, type: string): unknown {
    return files !== undefined && type.endsWith('json') ? { type: 'object', description } : hoist(schema, components);
  }
}

function problemAnswer(status: number): JsonObject {
  return {
    description: statusMeanings[status] ?? 'Refused',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** A plain copy in which every schema with a title stands by reference, its definition among the components. */
function hoist(schema: unknown, components: Map<string, JsonObject>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => hoist(item, components));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: JsonObject = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, dataKeywords.has(key) ? value : hoist(value, components)]),
  );
  const name = copy['title'];
  if (typeof name !== 'string') return copy;
  const known = components.get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(copy)) throw new Error(`Two different schemas are named ${name}.`);
  components.set(name, copy);
  return { $ref: `#/components/schemas/${name}` };
}

/** What stands here is data and no schema. */
const dataKeywords = new Set(['const', 'default', 'enum', 'examples']);

function byPath(a: Operation, b: Operation): number {
  return `${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1;
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes a repeated request safe: the same key and body give the same answer for 24 hours.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
};

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Sequence of the last event that was received; the stream goes on after it.',
  schema: { type: 'string', pattern: '^[0-9]{1,15}$' },
};

const statusMeanings: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  401: 'No valid credentials',
  403: 'The credentials lack the scope',
  404: 'There is no such thing, or it belongs to somebody else',
  409: 'The thing is in a state that does not allow this, or the same request is still running',
  413: 'The body is too large',
  415: 'The body has another media type',
  422: 'The request does not follow the schema, or the idempotency key was used with another body',
  429: 'Too many requests; see Retry-After',
  500: 'A fault of the service; its log names the request id',
  503: 'A service that this needs is down; try again later',
};
