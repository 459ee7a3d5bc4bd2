import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { count, entity, line, nullable, oneOf, parameters, timestamp } from './schema.ts';
import { importStatuses, importTypes, phoenixAssetTypes } from './words.ts';

// Uploads of scanner reports, on the wire of the original scanner service: its paths, names of fields and statuses are kept as they are.

const jobId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: '`job-` and 12 hex digits.' });
const assessmentName = line(256);

/** Of the original service. */
const onlyFalse = (why: string) => Type.Boolean({ enum: [false], default: false, description: `Only false: ${why}` });

/** The fields of the form. All but the file are text on the wire. */
export const UploadReport = entity('UploadReport', {
  file: Type.Optional(Type.String({ format: 'binary', description: 'The report, as it is or packed (gzip, ZIP).' })),
  upload_id: Type.Optional(Type.String({ format: 'uuid', description: 'In the place of the file: a report that was uploaded in parts.' })),
  scanner_type: Type.Optional(line(64, { description: 'Whose report it is; `auto` (the default) tells it by its content.' })),
  asset_type: Type.Optional(oneOf(phoenixAssetTypes)),
  assessment_name: Type.Optional(assessmentName),
  import_type: Type.Optional(
    oneOf(importTypes, {
      default: 'delta',
      description:
        '`new` and `merge` take the report for all there is in its assessment: what it does not hold any more is closed. `delta` closes nothing.',
    }),
  ),
  phoenix_api_url: Type.Optional(
    Type.String({
      maxLength: 512,
      pattern: '^https://[^\\s\\u0000-\\u001f\\u007f]+$',
      description: 'Of the Phoenix Security API that gets the findings.',
    }),
  ),
  phoenix_client_id: Type.Optional(line(256)),
  phoenix_client_secret: Type.Optional(line(1024, { description: 'Kept sealed until the job has ended.' })),
  enable_batching: Type.Optional(Type.Boolean({ default: true, description: 'To Phoenix in several requests.' })),
  max_batch_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Assets in a request to Phoenix. Default 50.' })),
  max_payload_mb: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Megabytes of a request to Phoenix. Default 15.' })),
  fix_data: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        'What a finding lacks that Phoenix asks for (a description, a remedy, a location) is completed with a general word; false: nothing is sent then, and the job fails.',
    }),
  ),
  anonymize: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'To Phoenix, addresses of IP and the names of hosts go as pseudonyms: the same for the same machine in all uploads of a tenant.',
    }),
  ),
  create_empty_assets: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'To Phoenix all findings go with the lowest severity, 1.0, for trying things out; what the scanner says stands in their details.',
    }),
  ),
  create_inventory_assets: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'To Phoenix go assets as well of which no finding counts; of a report without findings, with an `asset_type`, one that is called like the assessment.',
    }),
  ),
  translate_as: Type.Optional(
    line(200, {
      description:
        'What Phoenix calls one of its own translators, such as `Trivy Scan`: Phoenix gets the report as it is and reads it, for scanners that are not read here. It is not read here, and no findings of it are kept. Needs an `assessment_name`.',
    }),
  ),
  just_tags: Type.Optional(onlyFalse('tags are for assets that Phoenix has given an id, and no report knows it.')),
  tv_tags: Type.Optional(onlyFalse('it is about the labels of one customer of the original service.')),
  webhook_url: Type.Optional(
    Type.String({ maxLength: 1024, pattern: '^https?://[^\\s\\u0000-\\u001f\\u007f]+$', description: 'Told when the job ends.' }),
  ),
  webhook_headers: Type.Optional(
    Type.String({ maxLength: 4096, description: 'A JSON object of headers for it: `Authorization`, and names that begin with `X-`.' }),
  ),
  webhook_secret: Type.Optional(
    Type.String({ pattern: '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$', description: 'Signs what is posted, as of Standard Webhooks.' }),
  ),
});
export type UploadReport = Static<typeof UploadReport>;

export const ReportAccepted = entity('ReportAccepted', {
  job_id: jobId,
  status: oneOf(importStatuses),
  message: Type.String(),
  created_at: timestamp,
  websocket_url: Type.String(),
});
export type ReportAccepted = Static<typeof ReportAccepted>;

const BatchSummary = entity(
  'BatchSummary',
  {
    total_batches: count,
    successful_batches: count,
    failed_batches: count,
    success_rate: Type.Number({ minimum: 0, maximum: 100, description: 'Percent.' }),
  },
  { description: 'Of what went to Phoenix.' },
);

const ImportSummary = entity('ImportSummary', {
  entries: Type.Integer({ ...count, description: 'Of the report. Each is mapped, skipped or lost.' }),
  mapped: count,
  skipped: Type.Record(Type.String(), count, { description: 'Those that say themselves that they are no findings, by reason.' }),
  lost: Type.Record(Type.String(), count, { description: 'Those that could not be understood, by reason.' }),
  findings: count,
  duplicates: Type.Integer({ ...count, description: 'Findings that mean the same problem as another one of the report.' }),
  new: count,
  unchanged: count,
  reopened: count,
  closed: count,
});

export const ReportImport = entity('ReportImport', {
  job_id: jobId,
  status: oneOf(importStatuses),
  progress: Type.Number({ minimum: 0, maximum: 100 }),
  current_step: nullable(Type.String()),
  created_at: timestamp,
  started_at: nullable(timestamp),
  completed_at: nullable(timestamp),
  filename: Type.String(),
  file_size_bytes: count,
  scanner_type: nullable(Type.String()),
  asset_type: nullable(Type.String()),
  import_type: oneOf(importTypes),
  assessment_name: nullable(Type.String()),
  assets_imported: nullable(count),
  vulnerabilities_imported: nullable(count),
  batch_summary: nullable(BatchSummary),
  error_message: nullable(Type.String()),
  error_traceback: nullable(Type.String({ description: 'Always null: traces stand in the log of the service.' })),
  summary: nullable(ImportSummary),
});
export type ReportImport = Static<typeof ReportImport>;

export const ReportImportDetails = entity('ReportImportDetails', {
  ...ReportImport.properties,
  recent_logs: Type.Array(Type.String(), { description: 'The last 50 lines.' }),
});
export type ReportImportDetails = Static<typeof ReportImportDetails>;

const ImportLogPage = entity('ImportLogPage', {
  job_id: jobId,
  lines: Type.Array(
    entity('ImportLogLine', {
      sequence: Type.Integer({ minimum: 1, description: 'Of the messages of the job; other messages lie between.' }),
      timestamp,
      level: oneOf(['INFO']),
      message: Type.String(),
    }),
  ),
  next_after: nullable(Type.Integer({ minimum: 1, description: 'Where to go on; null: these are the last lines so far.' })),
});

const ReportImportPage = entity('ReportImportPage', {
  total: count,
  jobs: Type.Array(ReportImport),
  page: Type.Integer({ minimum: 1 }),
  page_size: Type.Integer({ minimum: 1 }),
});

/** A message of the stream. */
export const ImportMessage = entity('ImportMessage', {
  type: Type.String({ description: '`connected`, `status`, `log`, `progress`, `complete`, `error`, `heartbeat`, `pong`.' }),
  job_id: jobId,
  timestamp,
  data: Type.Unknown(),
  sequence: Type.Optional(Type.Integer({ minimum: 1, description: 'Of what is kept and can be had again. Without gaps.' })),
});
export type ImportMessage = Static<typeof ImportMessage>;

const ScannerHealth = entity('ScannerHealth', {
  status: oneOf(['healthy', 'degraded']),
  version: Type.String(),
  timestamp,
  workers: entity('ScannerWorkers', {
    status: oneOf(['available', 'unavailable']),
    active_workers: count,
    max_concurrent_jobs: count,
  }),
  queue: entity('ScannerQueue', {
    redis_status: oneOf(['connected', 'disconnected'], { description: 'Of the queue, whichever is configured.' }),
    pending_jobs: count,
    processing_jobs: count,
    total_jobs: count,
  }),
});

const Pong = entity('Pong', { status: oneOf(['ok']), timestamp });

const tag = 'Reports';
const wire = 'phoenix';
const params = parameters({ job_id: jobId });

export const uploadReport = defineOperation({
  id: 'uploadReport',
  method: 'POST',
  path: '/api/v1/upload',
  summary: 'Upload the report of a scanner',
  tag,
  wire,
  access: 'imports:write',
  body: UploadReport,
  upload: 'multipart/form-data',
  answers: { 202: ReportAccepted },
  needsBroker: true,
  idempotent: true,
});

export const listImports = defineOperation({
  id: 'listImports',
  method: 'GET',
  path: '/api/v1/jobs',
  summary: 'List the uploads, newest first',
  tag,
  wire,
  access: 'imports:read',
  query: parameters({
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
    status: Type.Optional(line(64, { description: 'One that there is not lists nothing.' })),
  }),
  answers: { 200: ReportImportPage },
});

export const getImport = defineOperation({
  id: 'getImport',
  method: 'GET',
  path: '/api/v1/jobs/{job_id}',
  summary: 'Show an upload: how far it is and what came of it',
  tag,
  wire,
  access: 'imports:read',
  params,
  answers: { 200: ReportImportDetails },
});

export const listImportLogs = defineOperation({
  id: 'listImportLogs',
  method: 'GET',
  path: '/api/v1/jobs/{job_id}/logs',
  summary: 'Read the log of an upload, oldest line first',
  tag,
  wire,
  access: 'imports:read',
  params,
  query: parameters({
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 53 - 1, default: 0, description: 'Only lines behind this sequence.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
  }),
  answers: { 200: ImportLogPage },
});

export const cancelImport = defineOperation({
  id: 'cancelImport',
  method: 'DELETE',
  path: '/api/v1/jobs/{job_id}',
  summary: 'Stop an upload that is not done; one that has ended is refused with 400',
  tag,
  wire,
  access: 'imports:write',
  params,
  answers: { 204: Type.Null() },
});

export const getScannerHealth = defineOperation({
  id: 'getScannerHealth',
  method: 'GET',
  path: '/api/v1/health',
  summary: 'Whether uploads are worked off',
  tag,
  wire,
  access: 'public',
  answers: { 200: ScannerHealth },
});

export const pingScanner = defineOperation({
  id: 'pingScanner',
  method: 'GET',
  path: '/api/v1/ping',
  summary: 'Whether the API answers',
  tag,
  wire,
  access: 'public',
  answers: { 200: Pong },
});

export const followImport = defineOperation({
  id: 'followImport',
  method: 'GET',
  path: '/ws/{job_id}',
  summary: 'Follow an upload: log lines, progress and how it ends; over a WebSocket also with commands (`ping`, `get_status`)',
  tag,
  wire,
  access: 'imports:read',
  params,
  query: parameters({
    from_sequence: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 53 - 1, description: 'The first message that is wanted.' })),
  }),
  answers: { 200: ImportMessage },
  streams: true,
});
