import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { count, entity, parameters, timestamp, uuid } from './schema.ts';

export const Source = entity('Source', {
  id: uuid,
  bytes: count,
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  created_at: timestamp,
  expires_at: timestamp,
});
export type Source = Static<typeof Source>;

export const createSource = defineOperation({
  id: 'createSource',
  method: 'POST',
  path: '/api/v2/sources',
  summary: 'Upload a git bundle, so that a repository without an address can be scanned',
  tag: 'Sources',
  access: 'sources:write',
  body: Type.String({ description: 'A bundle that `git bundle create` made.' }),
  upload: 'application/x-git-bundle',
  answers: { 201: Source },
  idempotent: true,
});

export const deleteSource = defineOperation({
  id: 'deleteSource',
  method: 'DELETE',
  path: '/api/v2/sources/{id}',
  summary: 'Delete an upload that no job or deployment has still to read',
  tag: 'Sources',
  access: 'sources:write',
  params: parameters({ id: uuid }),
  answers: { 202: Source },
});
