import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { entity, line, nullable, oneOf, parameters, timestamp, uuid } from './schema.ts';
import { scopes } from './words.ts';

const scopeList = Type.Array(oneOf(scopes), { minItems: 1, maxItems: scopes.length, uniqueItems: true });

export const ApiKey = entity('ApiKey', {
  id: uuid,
  name: Type.String(),
  prefix: Type.String({ description: 'The first characters of the key, to recognise it by.' }),
  scopes: Type.Array(oneOf(scopes)),
  user_id: Type.String({ description: 'Who made it.' }),
  created_at: timestamp,
  expires_at: nullable(timestamp),
  last_used_at: nullable(timestamp),
  revoked_at: nullable(timestamp),
  made_by: nullable(
    Type.String({ format: 'uuid', description: 'The key that it was made with, or rotated with; it is revoked with that one.' }),
  ),
});
export type ApiKey = Static<typeof ApiKey>;

/** A key that was just made: the only time that it is shown. */
export const ApiKeyWithSecret = entity('ApiKeyWithSecret', {
  api_key: ApiKey,
  key: Type.String({ description: 'The key itself. It is shown once and kept as a hash only.' }),
});
export type ApiKeyWithSecret = Static<typeof ApiKeyWithSecret>;

export const CreateApiKey = entity(
  'CreateApiKey',
  {
    name: line(100),
    scopes: scopeList,
    expires_in_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3650,
        description: 'Without it the key does not expire; one that is made with a key which does, ends with that at the latest.',
      }),
    ),
  },
  { examples: [{ name: 'ci', scopes: ['jobs:read', 'jobs:write'], expires_in_days: 90 }] },
);

export const RotateApiKey = entity(
  'RotateApiKey',
  {
    overlap_seconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 604_800, default: 0, description: 'How long the old key stays valid beside the new one.' }),
    ),
  },
  { examples: [{ overlap_seconds: 3600 }] },
);

const tag = 'API keys';
const params = parameters({ id: uuid });

export const createApiKey = defineOperation({
  id: 'createApiKey',
  method: 'POST',
  path: '/api/v2/api-keys',
  summary: 'Make an API key; it may hold only scopes that the caller has, and lasts no longer than a key that makes it',
  tag,
  access: 'api-keys:write',
  body: CreateApiKey,
  answers: { 201: ApiKeyWithSecret },
  idempotent: true,
  showsSecret: true,
});

export const listApiKeys = defineOperation({
  id: 'listApiKeys',
  method: 'GET',
  path: '/api/v2/api-keys',
  summary: 'List the API keys',
  tag,
  access: 'api-keys:read',
  query: parameters(pageQuery),
  answers: { 200: pageOf('ApiKeyPage', ApiKey) },
});

export const getApiKey = defineOperation({
  id: 'getApiKey',
  method: 'GET',
  path: '/api/v2/api-keys/{id}',
  summary: 'Show one API key, without its secret',
  tag,
  access: 'api-keys:read',
  params,
  answers: { 200: ApiKey },
});

export const rotateApiKey = defineOperation({
  id: 'rotateApiKey',
  method: 'POST',
  path: '/api/v2/api-keys/{id}/rotate',
  summary: 'Make a new key with the same name, scopes and expiry, and let the old one end',
  tag,
  access: 'api-keys:write',
  params,
  body: RotateApiKey,
  answers: { 201: ApiKeyWithSecret },
  idempotent: true,
  showsSecret: true,
});

export const revokeApiKey = defineOperation({
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/api/v2/api-keys/{id}',
  summary: 'Revoke an API key at once, and all that were made with it',
  tag,
  access: 'api-keys:write',
  params,
  answers: { 202: ApiKey },
});
