import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { entity, jsonObject, line, nullable, oneOf, parameters, timestamp, uuid } from './schema.ts';

/** One entry of a tenant's audit log. Its hash covers the entry and the hash before it. */
export const AuditEntry = entity('AuditEntry', {
  id: uuid,
  sequence: Type.Integer({ minimum: 1 }),
  job_id: nullable(uuid),
  user_id: Type.String(),
  action: Type.String(),
  details: jsonObject,
  ip: nullable(Type.String()),
  request_id: nullable(Type.String()),
  created_at: timestamp,
  hash: Type.String(),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const listAudit = defineOperation({
  id: 'listAudit',
  method: 'GET',
  path: '/api/v2/audit',
  summary: 'List who did what',
  tag: 'Audit',
  access: 'audit:read',
  query: parameters({
    ...pageQuery,
    job_id: Type.Optional(uuid),
    user_id: Type.Optional(line(255)),
    action: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_.]{0,99}$' })),
    since: Type.Optional(timestamp),
    until: Type.Optional(timestamp),
    order: Type.Optional(oneOf(['newest', 'oldest'], { default: 'newest' })),
  }),
  answers: { 200: pageOf('AuditPage', AuditEntry) },
});
