import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { count, entity, line, parameters, timestamp, uuid } from './schema.ts';

// Reports that are too large for one request, or for a connection that breaks off: in parts, of which each can be sent again.

const StartReportUpload = entity(
  'StartReportUpload',
  { file_name: line(512, { description: 'For people only.' }) },
  { examples: [{ file_name: 'trivy.json' }] },
);

const ReportUploadPart = entity('ReportUploadPart', {
  number: Type.Integer({ minimum: 1 }),
  bytes: count,
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

export const ReportUpload = entity('ReportUpload', {
  upload_id: uuid,
  file_name: Type.String(),
  bytes: Type.Integer({ ...count, description: 'Of all parts that are there.' }),
  parts: Type.Array(ReportUploadPart),
  created_at: timestamp,
  expires_at: timestamp,
});
export type ReportUpload = Static<typeof ReportUpload>;

const tag = 'Reports';
const wire = 'phoenix';
const params = parameters({ upload_id: uuid });

export const startReportUpload = defineOperation({
  id: 'startReportUpload',
  method: 'POST',
  path: '/api/v1/uploads',
  summary: 'Begin to upload a report in parts; `upload_id` then stands in the place of the file',
  tag,
  wire,
  access: 'imports:write',
  body: StartReportUpload,
  answers: { 201: ReportUpload },
  idempotent: true,
});

export const getReportUpload = defineOperation({
  id: 'getReportUpload',
  method: 'GET',
  path: '/api/v1/uploads/{upload_id}',
  summary: 'Show which parts of a report are there',
  tag,
  wire,
  access: 'imports:read',
  params,
  answers: { 200: ReportUpload },
});

export const putReportPart = defineOperation({
  id: 'putReportPart',
  method: 'PUT',
  path: '/api/v1/uploads/{upload_id}/parts/{number}',
  summary: 'Upload a part of a report, or upload it again',
  tag,
  wire,
  access: 'imports:write',
  params: parameters({ upload_id: uuid, number: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
  body: Type.String({ description: 'The part, as it is.' }),
  upload: 'application/octet-stream',
  answers: { 200: ReportUploadPart },
});

export const cancelReportUpload = defineOperation({
  id: 'cancelReportUpload',
  method: 'DELETE',
  path: '/api/v1/uploads/{upload_id}',
  summary: 'Give up uploading a report',
  tag,
  wire,
  access: 'imports:write',
  params,
  answers: { 204: Type.Null() },
});
