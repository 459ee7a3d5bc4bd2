import assert from 'node:assert/strict';
import { isScope } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import type { TestApp } from './open-test-app.ts';
import type { JsonSchema } from './schema-arbitrary.ts';
import { createResource } from './test-resources.ts';

/** An operation as the OpenAPI document of the running service describes it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** Undefined for what is open to all. */
  readonly scope: Scope | undefined;
  readonly parameters: readonly DocumentedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>>;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: JsonSchema;
}

export interface DocumentedApi {
  readonly operations: readonly DocumentedOperation[];
  readonly schemas: Readonly<Record<string, JsonSchema & { readonly examples?: readonly unknown[] }>>;
}

/** Everything that the service says of itself. A feature joins the tests that walk through this by being listed. */
export function describeService({ app }: TestApp): DocumentedApi {
  const document = app.describe() as unknown as {
    readonly paths: Record<string, Record<string, DocumentedOperation & { readonly security: readonly Record<string, string[]>[] }>>;
    readonly components: { readonly schemas: DocumentedApi['schemas'] };
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], ...operation }]): DocumentedOperation => {
      const scope = Object.values(operation.security[0] ?? {}).flat()[0];
      return {
        ...operation,
        parameters,
        method: method.toUpperCase(),
        path,
        scope: scope !== undefined && isScope(scope) ? scope : undefined,
      };
    }),
  );
  return { operations, schemas: document.components.schemas };
}

/** The address of the operation on a thing that is made for the user. */
export async function addressOf(service: TestApp, { path }: DocumentedOperation, userId: string): Promise<string> {
  return path.includes('{') ? fillPath(path, await createResource(service, path, userId)) : path;
}

export function fillPath(path: string, ids: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => ids[name] ?? assert.fail(`test-resources.ts makes no ${name} for ${path}`));
}

/** The example of the JSON body that the document gives. */
export function exampleOf({ requestBody }: DocumentedOperation, { schemas }: DocumentedApi): unknown {
  const reference = requestBody?.content['application/json']?.schema.$ref;
  return reference === undefined ? undefined : schemas[reference.split('/').at(-1)!]?.examples?.[0];
}
