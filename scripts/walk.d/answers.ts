// Reads answers of the API for scripts/walk. One question a line on standard input, one line each on standard output:
//   check <method> <path> <status> <media type> <file>   "ok", or what differs from what the OpenAPI document promises
//   event <file>                                         the same of one event of a stream
//   read <file> <JavaScript expression over `it`>        what it is, as text
//   node scripts/walk.d/answers.ts <openapi.json>
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runInNewContext } from 'node:vm';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

type Schema = Readonly<Record<string, unknown>>;
interface Described {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Described>> }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const document = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Document;

for await (const question of createInterface({ input: process.stdin })) {
  const [verb, ...rest] = question.split(' ');
  try {
    if (verb === 'check') console.log(check(rest) ?? 'ok');
    else if (verb === 'event') console.log(compare('the event', document.components.schemas['JobEvent']!, rest[0]!) ?? 'ok');
    else console.log(String(runInNewContext(rest.slice(1).join(' '), { it: load(rest[0]!) })));
  } catch (error) {
    console.log(`cannot be read: ${(error as Error).message.replaceAll('\n', ' ')}`);
  }
}

/** Undefined: the answer is one that the document describes. */
function check([method, path, status, type, file]: readonly string[]): string | undefined {
  const template = Object.keys(document.paths).find((each) => new RegExp(`^${each.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path!));
  const described = document.paths[template ?? '']?.[method!.toLowerCase()]?.responses[status!];
  if (described === undefined) return `the document knows no answer ${status} to ${method} ${path}`;
  const schema = described.content?.[type!]?.schema;
  if (described.content === undefined) return readFileSync(file!).length === 0 ? undefined : 'there is a body, and none is described';
  if (schema === undefined) return `it is ${type}, which is not described`;
  return type!.endsWith('json') ? compare('the body', schema, file!) : undefined;
}

function compare(what: string, schema: Schema, file: string): string | undefined {
  const [error] = Compile(resolve(schema) as TSchema).Errors(load(file));
  return error === undefined ? undefined : `${what} does not follow its schema: ${error.instancePath} ${error.message}`;
}

/** The schema with what it refers to in place. */
function resolve(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(resolve);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref: reference } = schema as { readonly $ref?: string };
  if (reference !== undefined) return resolve(document.components.schemas[reference.split('/').at(-1)!]);
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolve(value)]));
}

function load(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
